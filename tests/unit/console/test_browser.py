"""Forms as a person finds them on a page."""

from services.console.story.browser import forms_in

PAGE = """
<form method="get" action="/search"><input name="q"></form>
<form method="post" action="/sign-in">
  <input type="hidden" name="next" value="/">
  <input type="radio" id="a" name="ref" value="gp-1"><label for="a"> Ade Okafor </label><div>Elm Tree
  Surgery</div>
  <input type="radio" id="b" name="ref" value="nurse-1"><label for="b">Jo Smith</label><div>Ward 7</div>
  <button>Sign in</button>
</form>
<form method="post" action="accept"><input type="hidden" name="idempotency_key" value="k"><button>Accept</button></form>
"""


def test_a_form_goes_where_its_page_says_with_what_it_holds() -> None:
    sign_in, accept = forms_in(PAGE, "http://here/offers/7/")

    assert (sign_in.action, sign_in.fields) == ("http://here/sign-in", {"next": "/"})
    assert (accept.action, accept.fields) == (
        "http://here/offers/7/accept",
        {"idempotency_key": "k"},
    )


def test_each_choice_has_the_text_beside_it() -> None:
    sign_in, accept = forms_in(PAGE, "http://here/")

    assert sign_in.choice_name == "ref"
    assert sign_in.choices["Ade Okafor Elm Tree Surgery"] == "gp-1"
    assert [value for said, value in sign_in.choices.items() if "Ward 7" in said] == ["nurse-1"]
    assert accept.choices == {}

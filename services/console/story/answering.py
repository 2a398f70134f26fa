"""Station 5: the practice accepts on its worklist, and the tasks become its own."""

from services.console.screen import line
from services.console.story.browser import Browser, Form
from services.console.story.checking import StoryBroke, check, wait_for
from services.console.story.words import name_of
from services.console.story.world import Record, World

PRACTICE = "practice-Z90001"


def the_practice_accepts(world: World, handover: Record) -> None:
    """Sign in as the person of the practice, open the handover's page and press the button."""
    offer = next(offer for offer in handover["offers"] if offer["team"] == PRACTICE)
    browser = Browser()
    who = browser.sign_in(world.worklist, name_of(PRACTICE))
    forms = browser.open(f"{world.worklist}/handovers/{handover['handover_id']}")
    browser.submit(_accepting(forms, offer["offer_id"]))
    line(f"   {who} of {name_of(PRACTICE)} presses Accept")

    after = wait_for(
        "the offer accepted",
        lambda: world.handover(handover["handover_id"]),
        lambda whole: _state_of(whole, offer["offer_id"]) == "accepted",
        seconds=10,
    )
    theirs = {t["owner_team"] for t in after["tasks"] if t["offer_id"] == offer["offer_id"]}
    others = {t["owner_team"] for t in after["tasks"] if t["offer_id"] != offer["offer_id"]}
    check(f"{PRACTICE} owns what it accepted", sorted(theirs), holds=theirs == {PRACTICE})
    check("the rest stays with the ward", sorted(others), holds=others == {"ward-ZTA"})
    line(
        f"   its tasks now belong to {name_of(PRACTICE)}; the rest stays with {name_of('ward-ZTA')}"
    )


def _accepting(forms: list[Form], offer_id: str) -> Form:
    for form in forms:
        if offer_id in form.action and form.action.endswith("/accept"):
            return form
    raise StoryBroke("a button that accepts the offer", [form.action for form in forms])


def _state_of(whole: Record, offer_id: str) -> str:
    return str(next(o["state"] for o in whole["offers"] if o["offer_id"] == offer_id))

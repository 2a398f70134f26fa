// Keys for a list of sections: j next, k before, t the first button that takes something. Only while focus is in it.
const list = document.getElementById("worklist");

list?.addEventListener("keydown", (event) => {
  const section = event.target.closest("section");
  const typing = event.target.closest("input, select, textarea");
  if (!section || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const sections = [...list.querySelectorAll("section")];
  const step = { j: 1, k: -1 }[event.key];
  if (step) sections[sections.indexOf(section) + step]?.querySelector("a")?.focus();
  else if (event.key === "t") section.querySelector('form[action$="/claim"] button')?.focus();
  else return;
  event.preventDefault();
});

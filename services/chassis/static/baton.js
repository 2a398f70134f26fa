// Starts the NHS.UK components; everything on the page also works without them.
import { initAll } from "/static/vendor/nhsuk-frontend-10.6.1/nhsuk-frontend.min.js";

initAll();

// What the pages can do better with a script. Nothing here is needed: without it a form is sent, a
// page is reloaded, and what only a script can do is not shown (it comes `hidden`).
import { asks } from "./asks.js";
import { live } from "./live.js";
import { forms } from "./forms.js";
import { small } from "./small.js";

document.body.classList.add("govuk-frontend-supported");
forms(document);
small(document);
asks(document);
live();

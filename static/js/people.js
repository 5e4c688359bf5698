// The scripts of the pages about people, in any order.

import "./elements/owner/busy-form.js";
import "./elements/people/copy-link.js";

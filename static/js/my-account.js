// The scripts of the page of one's own account, in any order.

import "./elements/account/unsaved-form.js";

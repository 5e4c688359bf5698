// The scripts of pages that anybody may see, such as the one to sign in, in any order.

import "./elements/account/show-password.js";
import "./elements/messages/local-time.js";
import "./lib/guard.js";

// The scripts of the diagnostics and tools pages, in any order.

import "./elements/owner/busy-form.js";
import "./elements/owner/diagnostics-checks.js";
import "./elements/owner/server-card.js";
import "./elements/owner/socket-check.js";

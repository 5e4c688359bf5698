// What attaches images beyond choosing files, and what they cost. `lib/later.js` loads it when it is needed.

import "./elements/images/attachment-cost.js";
import "./elements/images/document-pages.js";
import "./elements/images/image-link.js";
import "./elements/images/image-tools.js";
import "./elements/images/pasted-text.js";

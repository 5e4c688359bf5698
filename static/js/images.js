// What attaches images beyond choosing files. `lib/later.js` loads it when it is needed.

import "./elements/images/image-link.js";
import "./elements/images/image-tools.js";
import "./elements/images/pasted-text.js";

// What shows images large. `lib/later.js` loads it when it is needed.

import "./elements/images/image-description.js";
import "./elements/images/image-lightbox.js";
import "./elements/images/zoom-pane.js";

// What shows images large. `lib/lightbox-loader.js` loads it when it is needed.

import "./elements/images/image-description.js";
import "./elements/images/image-lightbox.js";
import "./elements/images/zoom-pane.js";

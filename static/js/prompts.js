// Saved prompts in the message box. `lib/later.js` loads them once somebody reaches for the box.

import "./elements/prompts/prompt-picker.js";

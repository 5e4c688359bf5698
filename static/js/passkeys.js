// The scripts of the pages with passkeys and recovery codes, in any order.

import "./elements/account/passkey-form.js";
import "./elements/account/recovery-codes.js";

// Passkeys: what the server asks for, and what the browser answers, as JSON without raw bytes.

export function canUsePasskeys() {
  return Boolean(globalThis.PublicKeyCredential && navigator.credentials);
}

/** Makes a passkey. `options` are the server's; returns what the server reads. */
export async function makePasskey({ publicKey }) {
  const excludeCredentials = publicKey.excludeCredentials?.map(withBytes);
  const user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
  const challenge = toBytes(publicKey.challenge);
  const made = await navigator.credentials.create({
    publicKey: { ...publicKey, challenge, user, excludeCredentials },
  });
  const { attestationObject } = made.response;
  return toJson(made, { attestationObject });
}

/** Lets the person choose a passkey. With `isQuiet` the browser offers it among what it fills in. */
export async function usePasskey({ publicKey }, { isQuiet = false, signal } = {}) {
  const allowCredentials = publicKey.allowCredentials?.map(withBytes);
  const chosen = await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: toBytes(publicKey.challenge), allowCredentials },
    ...(isQuiet && { mediation: "conditional" }),
    signal,
  });
  const { authenticatorData, signature, userHandle } = chosen.response;
  return toJson(chosen, { authenticatorData, signature, userHandle });
}

function toJson(credential, fields) {
  const { id, rawId, type, response } = credential;
  const bytes = { clientDataJSON: response.clientDataJSON, ...fields };
  const texts = Object.entries(bytes).filter(([, value]) => value).map(([name, value]) => [name, toText(value)]);
  return {
    id,
    rawId: toText(rawId),
    type,
    response: Object.fromEntries(texts),
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function withBytes(credential) {
  return { ...credential, id: toBytes(credential.id) };
}

function toBytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

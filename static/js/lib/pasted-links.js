// Recognizes the address of an image in pasted text.

const MAX_LENGTH = 4096; // characters
const ENDING = String.raw`\.(?:jpe?g|png|gif|webp|avif|hei[cf]|bmp|tiff?)`;
const IMAGE_LINK = new RegExp(String.raw`^https?://[^\s<>"]+${ENDING}(?:[?#]\S*)?$`, "i");
const IMAGE_NAME = new RegExp(`${ENDING}$`, "i");

/** Returns the address if a text is nothing but the address of an image, otherwise "". */
export function findImageLink(text) {
  const link = text.trim();
  return link.length <= MAX_LENGTH && IMAGE_LINK.test(link) ? link : "";
}

export function isImageName(name) {
  return IMAGE_NAME.test(name);
}

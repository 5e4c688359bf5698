// Recognizes the address of an image in pasted text.

const MAX_LENGTH = 4096; // characters
const IMAGE_LINK = /^https?:\/\/[^\s<>"]+\.(?:jpe?g|png|gif|webp|avif|hei[cf]|bmp|tiff?)(?:[?#]\S*)?$/i;

/** Returns the address if a text is nothing but the address of an image, otherwise "". */
export function findImageLink(text) {
  const link = text.trim();
  return link.length <= MAX_LENGTH && IMAGE_LINK.test(link) ? link : "";
}

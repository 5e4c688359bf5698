const LONGEST = 4096; // characters
const IMAGE_LINK = /^https?:\/\/[^\s<>"]+\.(?:jpe?g|png|gif|webp|avif|hei[cf]|bmp|tiff?)(?:[?#]\S*)?$/i;

/** The address when a text is nothing but one of an image, else "". */
export function imageLink(text) {
  const link = text.trim();
  return link.length <= LONGEST && IMAGE_LINK.test(link) ? link : "";
}

// Recognizes animated images, of which a canvas would keep one frame without a word.

const HEAD_BYTES = 256 * 1024; // text and a colour profile may come before what makes a PNG move
const MOVING = /^[^]PNG[^]*acTL|^[^]{4}ftyp(?:avis|hevc|hevx|msf1)/;
const WEBP = /^RIFF[^]{4}WEBPVP8X[^]{4}([^])/;
const WEBP_ANIMATION = 2; // a bit among the flags of a WebP (RFC 9649, section 2.7)

export async function isAnimated(file) {
  const head = new TextDecoder("latin1").decode(await file.slice(0, HEAD_BYTES).arrayBuffer());
  return MOVING.test(head) || Boolean((WEBP.exec(head)?.[1].charCodeAt(0) ?? 0) & WEBP_ANIMATION);
}

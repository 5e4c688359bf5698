// Recognizes animated images, of which a canvas would keep one frame without a word.

const HEAD_BYTES = 256 * 1024; // text and a colour profile may come before what makes an image move
const ANIMATED = /^.PNG[^]*acTL|^RIFF[^]*ANIM|^[^]{4}ftyp(?:avis|hevc|hevx|msf1)/;

export async function isAnimated(file) {
  return ANIMATED.test(new TextDecoder("latin1").decode(await file.slice(0, HEAD_BYTES).arrayBuffer()));
}

// Shrinks large images before they are uploaded.

import { isAnimated } from "./animations.js";

const LONG_EDGE = 2048; // px; the server shrinks further, to 1,568
const LONG_SHAPE = 3; // times as long as wide: the server cuts it into parts that stay readable
const PART_EDGE = 1024; // px, the short edge of a long image; the server shrinks further, to 784
const MAX_SIDE = 16_000; // px; no browser draws or encodes longer images
const MAX_PIXELS = 13_500_000; // the server reads 14 million pixels of WebP
const LARGE_FILE = 1.5 * 1024 * 1024; // bytes
const LARGE_IMAGE = 12_000_000; // pixels
const QUALITY = 0.9;
const WITHOUT_SHRINKING = ["image/gif", "image/svg+xml", "image/tiff"]; // a canvas keeps one frame or page, no vectors

/** Returns a smaller copy of a large image, upright and without the camera's metadata. Returns any other image
 *  as it is, and also an image that this browser can't decode. */
export async function shrinkImage(file) {
  if (WITHOUT_SHRINKING.includes(file.type) || !globalThis.OffscreenCanvas) return file;
  let bitmap;
  try {
    if (await isAnimated(file)) return file;
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    if (file.size <= LARGE_FILE && bitmap.width * bitmap.height <= LARGE_IMAGE) return file;
    // A camera's panorama stays in one piece, which only its metadata tells the server.
    if (isLong(bitmap) && file.type === "image/jpeg") return file;
    const copy = await encode(bitmap, file.type);
    return copy.size < file.size ? copy : file;
  } catch (error) {
    // Not an image, an unknown format or too many pixels for this browser: the server decides.
    if (error instanceof DOMException || error instanceof TypeError) return file;
    throw error;
  } finally {
    bitmap?.close();
  }
}

function encode(bitmap, type) {
  const scale = scaleOf(bitmap);
  const size = [bitmap.width, bitmap.height].map((edge) => Math.max(1, Math.round(edge * scale)));
  const canvas = new OffscreenCanvas(...size);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, ...size);
  // WebP keeps transparency; a browser that can't write it falls back to PNG.
  const wanted = ["image/png", "image/webp", "image/avif"].includes(type) ? "image/webp" : "image/jpeg";
  return canvas.convertToBlob({ type: wanted, quality: QUALITY });
}

function scaleOf({ width, height }) {
  const long = Math.max(width, height);
  const edge = Math.max(LONG_EDGE / long, isLong({ width, height }) ? PART_EDGE / Math.min(width, height) : 0);
  return Math.min(1, edge, MAX_SIDE / long, Math.sqrt(MAX_PIXELS / (width * height)));
}

function isLong({ width, height }) {
  return Math.max(width, height) >= LONG_SHAPE * Math.min(width, height);
}

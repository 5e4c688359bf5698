// Shrinks large images before they are uploaded.

const LONG_EDGE = 2048; // px; the server shrinks further, to 1,568
const LARGE_FILE = 1.5 * 1024 * 1024; // bytes
const LARGE_IMAGE = 12_000_000; // pixels
const QUALITY = 0.9;
const WITHOUT_SHRINKING = ["image/gif", "image/svg+xml"]; // a canvas keeps one frame and no vectors

/** Returns a smaller copy of a large image, upright and without the camera's metadata. Returns any other image
 *  as it is, and also an image that this browser can't decode. */
export async function shrinkImage(file) {
  if (WITHOUT_SHRINKING.includes(file.type) || !globalThis.OffscreenCanvas) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    if (file.size <= LARGE_FILE && bitmap.width * bitmap.height <= LARGE_IMAGE) return file;
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
  const scale = Math.min(1, LONG_EDGE / Math.max(bitmap.width, bitmap.height));
  const size = [bitmap.width, bitmap.height].map((edge) => Math.max(1, Math.round(edge * scale)));
  const canvas = new OffscreenCanvas(...size);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, ...size);
  // WebP keeps transparency; a browser that can't write it falls back to PNG.
  const wanted = ["image/png", "image/webp", "image/avif"].includes(type) ? "image/webp" : "image/jpeg";
  return canvas.convertToBlob({ type: wanted, quality: QUALITY });
}

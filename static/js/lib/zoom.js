// The scale and the position of an enlarged image in its pane.

const MAX_SCALE = 8; // times the size at which the image fits

/** The image is scaled around the middle of its pane, then moved. All in px. */
export class Zoom {
  scale = 1;
  x = 0;
  y = 0;

  /** `pane` and `image` are { width, height }, the image's at scale 1. */
  constructor(pane, image) {
    Object.assign(this, { pane, image });
  }

  /** Scales around the point `at`, measured from the middle of the pane. */
  scaleBy(factor, at = { x: 0, y: 0 }) {
    const scale = Math.min(MAX_SCALE, Math.max(1, this.scale * factor));
    const change = scale / this.scale;
    this.scale = scale;
    this.move(at.x - (at.x - this.x) * change - this.x, at.y - (at.y - this.y) * change - this.y);
  }

  /** Moves, as far as the image is larger than its pane. */
  move(x, y) {
    this.x = clamp(this.x + x, this.image.width * this.scale - this.pane.width);
    this.y = clamp(this.y + y, this.image.height * this.scale - this.pane.height);
  }
}

function clamp(place, excess) {
  const limit = Math.max(0, excess / 2);
  return Math.min(limit, Math.max(-limit, place));
}

// What pasted and dropped data holds for a message: images as files or as addresses, or nothing but text.

import { findImageLink, isImageName } from "./pasted-links.js";

const ADDRESS = /^(?:https?|file|blob):\/*[^\s]|^(?:[a-z]:|\\|~?\/)[^\n]*$/i; // or a path
const DATA_IMAGE = /^data:image\/[^,\s]*,\S+$/i;

/** Returns the images in pasted data, or none where its text matters more: office programs copy an image beside
 *  their text. A file manager copies the name or path of a file beside it, and a browser the address. */
export function pastedImages(data) {
  const text = data.getData("text/plain").trim();
  const files = [...data.files];
  if (files.length) return { files: !text || namesOnly(text, files) ? files : [], links: [] };
  if (DATA_IMAGE.test(text)) return { files, links: [text] };
  return { files, links: !text || ADDRESS.test(text) ? shownImages(data) : [] };
}

/** Returns the images in dropped data. An image of another page comes as a file or only as its address. */
export function droppedImages(data) {
  const files = [...data.files];
  if (files.length) return { files, links: [] };
  const links = shownImages(data);
  const dragged = findImageLink(data.getData("text/uri-list").split(/\r?\n/)[0]);
  return { files, links: links.length || !dragged ? links : [dragged] };
}

/** Returns the file that a data: address holds, or undefined for any other address. */
export function fileIn(link) {
  if (!DATA_IMAGE.test(link)) return undefined;
  const [, head, body] = link.match(/^data:([^,]*),(.*)$/is);
  const type = head.split(";")[0].toLowerCase();
  try {
    const text = decodeURIComponent(body);
    const bytes = /;base64$/i.test(head) ? Uint8Array.from(atob(text), (char) => char.charCodeAt(0)) : text;
    return new File([bytes], `image.${type.replace(/^image\/|[+].*/g, "")}`, { type });
  } catch (error) {
    if (error instanceof DOMException || error instanceof URIError) return undefined; // the server explains it
    throw error;
  }
}

/** Whether each line is the name, path or address of a file. */
function namesOnly(text, files) {
  const names = new Set(files.flatMap(({ name }) => [name, name.replace(/\.[^.]*$/, "")]).map(plain));
  return text.split(/[\r\n]+/).every((line) => {
    const last = plain(line.split(/[\\/]/).pop());
    return names.has(last) || isImageName(last) || ADDRESS.test(line);
  });
}

/** Systems spell the same name in composed or decomposed letters. */
function plain(name) {
  return name.trim().normalize();
}

/** The addresses of images in copied HTML that shows nothing else; images of this site are no others'. */
function shownImages(data) {
  const { body } = new DOMParser().parseFromString(data.getData("text/html"), "text/html");
  if (body.textContent.trim()) return [];
  const addresses = [...body.querySelectorAll("img")].map((image) => image.getAttribute("src") ?? "");
  return addresses.filter((one) => /^https?:|^data:image\//i.test(one) && !one.startsWith(`${location.origin}/`));
}

// Photographs of a form: several picks add up, each with a preview that can be taken away again.
// Markup: templates/attachments/photos_input.html; without script it is a plain file input.

const words = document.getElementById("words")?.dataset ?? {};
const LONGEST_SIDE = 2560;
const BIG = 3 * 1024 * 1024;

// A huge JPEG is shrunk before it travels over a weak connection; anything odd goes as it is.
async function shrunk(file) {
  if (file.type !== "image/jpeg" || file.size < BIG || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.88));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: blob.type }) : file;
  } catch {
    return file;
  }
}

function give(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
}

class Photos {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("[data-photos-input]");
    this.max = Number(box.dataset.max || 9);
    this.files = [];
    this.list = box.querySelector("ul");
    box.classList.add("photos-ready");
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    for (const item of box.querySelectorAll("[data-photo]")) this.keptButton(item);
    box.photos = this;
  }

  get kept() {
    const dropped = this.box.querySelectorAll("[data-photo] input[type=checkbox]:checked").length;
    return this.box.querySelectorAll("[data-photo]").length - dropped;
  }

  async add(picked, quietly = false) {
    const room = this.max - this.kept - this.files.length;
    const taken = picked.slice(0, Math.max(0, room));
    this.files.push(...(quietly ? taken : await Promise.all(taken.map(shrunk))));
    this.show();
    this.note(picked.length > taken.length ? words.tooMany : "");
    if (!quietly) this.input.dispatchEvent(new CustomEvent("photos:changed", { bubbles: true }));
  }

  remove(file) {
    this.files = this.files.filter((one) => one !== file);
    this.show();
    this.note("");
    this.input.dispatchEvent(new CustomEvent("photos:changed", { bubbles: true }));
  }

  show() {
    give(this.input, this.files);
    for (const item of this.list.querySelectorAll("li:not([data-photo])")) {
      const image = item.querySelector("img");
      if (image) URL.revokeObjectURL(image.src);
      item.remove();
    }
    this.list.append(...this.files.map((file) => this.preview(file)));
  }

  preview(file) {
    const item = document.createElement("li");
    item.className = "photo";
    if (file.type.startsWith("image/")) {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = `${words.photo} ${file.name}`;
      item.append(image);
    } else {
      item.append(Object.assign(document.createElement("span"), { className: "drop", textContent: file.name }));
    }
    item.append(this.cross(() => this.remove(file)));
    return item;
  }

  cross(act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "photo-x";
    button.setAttribute("aria-label", words.remove);
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${words.icons}#x"></use></svg>`;
    button.addEventListener("click", act);
    return button;
  }

  // A photo the server already keeps: the cross ticks its "remove" box and hides it.
  keptButton(item) {
    const label = item.querySelector(".photo-remove");
    if (!label) return;
    label.hidden = true;
    item.append(
      this.cross(() => {
        label.querySelector("input").checked = true;
        item.hidden = true;
        this.note("");
      }),
    );
  }

  note(sentence) {
    let place = this.box.querySelector("[data-photos-note]");
    if (!place) {
      place = document.createElement("p");
      place.className = "hint";
      place.dataset.photosNote = "";
      place.setAttribute("role", "status");
      this.box.append(place);
    }
    place.textContent = sentence ?? "";
  }
}

function start(root) {
  for (const box of root.querySelectorAll("[data-photos]")) if (!box.photos) new Photos(box);
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));
document.addEventListener("page:replaced", () => start(document));

// Reads a label inside the page: by the browser's own detector, else by a vendored one, loaded when it is
// asked for. A button with data-scan opens the camera; what is read leads to its point, without signal too.

const words = document.getElementById("words")?.dataset ?? {};
const LABEL = /^\/(?:safety\/p|volunteers\/in|events\/pass)\/[\w-]+\/$/;
const BETWEEN = 250;
const WIDEST = 640;

function loaded(source) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: source, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

// A function of a video that gives the text of the code it shows, if any.
async function reader(source) {
  const own = await window.BarcodeDetector?.getSupportedFormats?.().catch(() => []);
  if (own?.includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  if (!window.jsQR) await loaded(source);
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = brush.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(data, width, height)?.data;
  };
}

// Whatever the label's address begins with: printed when the portal stood elsewhere, it is a label still.
function pathOf(text) {
  try {
    const { pathname } = new URL(text, location);
    return LABEL.test(pathname) ? pathname : "";
  } catch {
    return "";
  }
}

async function digest(text) {
  if (!crypto.subtle) return "";
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// At a door the next one waits already: the form is sent, or kept where there is no signal, under the
// name that this page knows for the code.
async function into(form, path) {
  const code = path.split("/").at(-2);
  const known = document.querySelector(`[data-label="${(await digest(code)) || "none"}"]`);
  form.elements.code.value = code;
  form.elements.moment.value = "";
  form.dataset.title ??= form.dataset.outbox;
  form.dataset.outbox = known ? `${known.dataset.name} · ${form.dataset.title}` : form.dataset.title;
  form.requestSubmit();
}

async function scan(button) {
  const dialog = document.getElementById("scan");
  const video = dialog.querySelector("video");
  const line = dialog.querySelector("p");
  line.textContent = words.scanHold;
  dialog.showModal();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
    const read = await reader(button.dataset.scan);
    while (dialog.open) {
      const text = video.videoWidth ? await read(video) : "";
      const path = text && pathOf(text);
      if (path) {
        dialog.close();
        const form = document.getElementById(button.dataset.scanInto ?? "");
        if (form && path.startsWith("/events/pass/")) await into(form, path);
        else location.assign(path);
      } else if (text) line.textContent = words.scanOther;
      await new Promise((later) => setTimeout(later, BETWEEN));
    }
  } catch {
    line.textContent = words.scanFailed;
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
  }
}

function start() {
  if (!navigator.mediaDevices?.getUserMedia) return;
  for (const button of document.querySelectorAll("[data-scan]")) {
    button.hidden = false;
    button.addEventListener("click", () => scan(button));
  }
}

start();
document.addEventListener("page:replaced", start);

// Shows addresses of the page's own origin, each in a frame, and gives those in which a script ran.

const PATIENCE_MS = 10_000;

export async function ranAt(urls) {
  const ran = await Promise.all(urls.map((url) => runs(url)));
  return urls.filter((_, place) => ran[place]);
}

async function runs(url) {
  const frame = document.createElement("iframe");
  const shown = new Promise((resolve) => (frame.onload = resolve));
  frame.src = url;
  document.body.append(frame);
  await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  try {
    // What was begun as it was shown has its turn before we look.
    await new Promise((resolve) => setTimeout(resolve, 50));
    return frame.contentWindow.injected !== undefined;
  } catch {
    return false; // it has an origin of its own
  } finally {
    frame.remove();
  }
}

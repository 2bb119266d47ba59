"use strict";
const EVERY_MS = 2000, MAP_EVERY_MS = 10000;
const language = document.body.dataset.language;
const state = document.getElementById("state");
const feeds = document.getElementById("feeds");
const map = document.getElementById("map");
let stamp = "";

/* Written only when it is another one: a screen reader tells it each time. */
function say(status, text) {
  if (state.textContent !== text) {
    state.textContent = text;
    state.dataset.status = status;
  }
}

async function asked(path) {
  const answer = await fetch(`${path}?lang=${language}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

function told() {
  const now = document.getElementById("now");
  say(now.dataset.status, now.textContent);
}

async function refresh() {
  try {
    const text = await asked("feeds");
    /* Selected text is not taken from under the reader. */
    const chosen = getSelection();
    if (chosen.isCollapsed || !feeds.contains(chosen.anchorNode)) feeds.innerHTML = text;
    told();
  } catch {
    say("away", document.body.dataset.away);
  }
  setTimeout(refresh, EVERY_MS);
}

async function redraw() {
  try {
    const found = await asked("map-stamp");
    const isRead = document.activeElement === map || map.matches(":hover");
    if (stamp && found !== stamp && !isRead) map.contentWindow.location.reload();
    if (!stamp || !isRead) stamp = found;
  } catch { /* the other one says it */ }
  setTimeout(redraw, MAP_EVERY_MS);
}

/* As high as what is in it, so that only the page itself scrolls. Not scrollHeight: that is never
   less than the frame, which could then only grow. */
function fit() {
  map.style.height = `${map.contentDocument.documentElement.offsetHeight + 2}px`;
}

map.addEventListener("load", fit);
addEventListener("resize", fit);
told();
setTimeout(refresh, EVERY_MS);
redraw();
if (map.contentDocument && map.contentDocument.readyState === "complete") fit();

// What the page shows and what its controls do.

import { Audio, decodePCM, RATE } from "./audio.js";
import { draw } from "./drawing.js";
import { RealtimeConnection } from "./realtime.js";

const element = (id) => document.getElementById(id);
const audio = new Audio();
const connection = new RealtimeConnection();

/// Whether the microphone is open; whether the button or the key of "hold to talk" is down.
let isTalking = false;
let isHeld = false;
/// Whether the server can find turns.
let serverDetectsTurns = true;
/// The reply that is being played: { response, item, sampleCount, isDone }.
let reply = null;
/// When what happened in the newest turn: { number, start, text, audio, heard }.
let turn = null;
let turnCount = 0;

// Showing

function show(state, text) {
  element("state").dataset.state = state;
  element("state").textContent = text;
}

function showIdle() { show(isTalking ? "listening" : "idle", isTalking ? "listening" : "ready"); }

/// Shows a sentence about what is wrong; without one, nothing is wrong any more.
function showProblem(text = "") {
  element("problem").hidden = !text;
  element("problem").textContent = text;
  if (text) show("broken", "something is wrong");
}

const lines = new Map();
const LINE_LIMIT = 100;

/// The text of a line of the conversation, which is made where there is none.
function line(id, speaker) {
  if (!lines.has(id)) {
    const [item, name, text] = ["li", "small", "span"].map((tag) => document.createElement(tag));
    item.className = speaker;
    name.textContent = speaker === "you" ? "You" : "Omni";
    text.textContent = speaker === "you" ? "…" : "";
    item.append(name, text);
    element("log").append(item);
    lines.set(id, text);
    while (lines.size > LINE_LIMIT) {
      const [oldest] = lines.keys();
      lines.get(oldest).parentElement.remove();
      lines.delete(oldest);
    }
  }
  element("log").scrollTop = element("log").scrollHeight;
  return lines.get(id);
}

/// Notes when something happened for the first time in the turn.
function note(what) {
  if (!turn || turn[what]) return;
  turn[what] = performance.now();
  showFigures();
}

function showFigures() {
  const id = `turn-${turn.number}`;
  const row = element(id) || document.createElement("tr");
  if (!row.id) element("figures").prepend(row);
  row.id = id;
  const since = (time) => time ? Math.round(time - turn.start) : "–";
  const length = reply ? Math.round(reply.sampleCount * 1000 / RATE) : row.children[4]?.textContent ?? "–";
  const cells = [turn.number, since(turn.text), since(turn.audio), since(turn.heard), length].map((value) => {
    const cell = document.createElement("td");
    cell.textContent = value;
    return cell;
  });
  row.replaceChildren(...cells);
}

// The reply

function beginReply(response) {
  turn = { number: ++turnCount, start: performance.now() };
  reply = { response, item: null, sampleCount: 0, isDone: false };
  audio.begin();
  element("stop").disabled = false;
  show("thinking", "thinking");
}

function endReply() {
  reply = null;
  element("stop").disabled = true;
  showIdle();
}

/// Stops what is being played, and tells the server how much was heard.
async function interrupt() {
  if (!reply) return;
  const { item } = reply;
  reply = null;
  element("stop").disabled = true;
  const playedCount = await audio.clear();
  if (!item) return;
  connection.truncate(item, playedCount);
  line(item, "omni").classList.add("cut");
}

audio.onPlaying = () => note("heard");
audio.onEmpty = () => { if (reply?.isDone) endReply(); };

// The server's events

const handlers = {
  "session.created": ({ session }) => {
    element("model").textContent = session.model;
    configure();
  },
  "input_audio_buffer.speech_started": () => {
    show("hearing", "hearing you");
    interrupt();
  },
  "input_audio_buffer.speech_stopped": () => show("thinking", "thinking"),
  "input_audio_buffer.cleared": () => { if (isTalking && !isHeld) show("listening", "listening"); },
  "input_audio_buffer.committed": ({ item_id }) => line(item_id, "you"),
  "conversation.item.input_audio_transcription.delta": ({ item_id, delta }) => {
    const text = line(item_id, "you");
    text.textContent = (text.textContent === "…" ? "" : text.textContent) + delta;
  },
  "conversation.item.input_audio_transcription.completed": ({ item_id, transcript }) => {
    line(item_id, "you").textContent = transcript;
  },
  "conversation.item.input_audio_transcription.failed": ({ item_id }) => {
    line(item_id, "you").textContent = "(no transcript)";
  },
  "response.created": ({ response }) => beginReply(response.id),
  "response.output_item.added": ({ item }) => {
    if (!reply) return;
    reply.item = item.id;
    line(item.id, "omni");
  },
  "response.output_audio_transcript.delta": ({ response_id, item_id, delta }) => {
    if (reply?.response !== response_id) return;
    note("text");
    line(item_id, "omni").textContent += delta;
  },
  "response.output_audio.delta": ({ response_id, delta }) => {
    if (reply?.response !== response_id) return;
    const samples = decodePCM(delta);
    reply.sampleCount += samples.length;
    if (!turn.audio) show("speaking", "speaking");
    note("audio");
    audio.play(samples);
    showFigures();
  },
  "response.done": ({ response }) => {
    if (reply?.response === response.id) {
      reply.isDone = true;
      if (!reply.sampleCount) endReply();
    }
    if (response.status === "failed") showProblem(`The reply failed: ${response.status_details.error.message}.`);
  },
  "error": ({ error }) => {
    if (/turn_detection/.test(error.param || "")) {
      serverDetectsTurns = false;
      element("turns").value = "hold";
      element("turns").disabled = true;
      changeTurns();
    } else if (error.code !== "response_cancel_not_active") {
      showProblem(`The server says: ${error.message}.`);
    }
  },
};

connection.onEvent = (event) => handlers[event.type]?.(event);
connection.onLost = (reason) => {
  stopTalking();
  showProblem(reason);
};

// Talking

const findsTurns = () => element("turns").value === "auto";

function configure() { connection.configure({ detectsTurns: findsTurns() && serverDetectsTurns }); }

function changeTurns() {
  element("hold").hidden = !isTalking || findsTurns();
  configure();
}

let isDrawing = false;

/// Opens the loudspeaker, the microphone where one is wanted, and the connection.
async function open() {
  await audio.open();
  if (isDrawing) return;
  isDrawing = true;
  draw(audio, { wave: element("wave"), spectrum: element("spectrum"), isReplying: () => reply !== null });
}

async function startTalking() {
  showProblem();
  show("idle", "connecting");
  try {
    await open();
    await audio.capture(
      (samples) => { if (isTalking && (findsTurns() || isHeld)) connection.append(samples); },
      () => {
        showProblem("The microphone was disconnected.");
        stopTalking();
      });
    await connection.connect(element("key").value);
    isTalking = true;
    element("talk").textContent = "Stop talking";
    show("listening", "listening");
    changeTurns();
  } catch (error) {
    showProblem(error.message);
    stopTalking();
  }
}

function stopTalking() {
  isTalking = false;
  isHeld = false;
  audio.stopCapturing();
  element("talk").textContent = "Start talking";
  element("hold").hidden = true;
  if (element("problem").hidden) show("idle", "ready");
}

function hold() {
  if (isHeld || !isTalking || findsTurns()) return;
  isHeld = true;
  interrupt();
  connection.cancel();
  connection.clear();
  show("hearing", "hearing you");
}

function release() {
  if (!isHeld) return;
  // The last samples are on their way from the audio thread.
  setTimeout(() => {
    isHeld = false;
    connection.commit();
  }, 60);
  show("thinking", "thinking");
}

async function askWithFile(file) {
  showProblem();
  try {
    await open();
    await connection.connect(element("key").value);
    const samples = await audio.decode(file);
    interrupt();
    connection.cancel();
    line(`file-${Date.now()}`, "you").textContent = `🎧 ${file.name}, ${(samples.length / RATE).toFixed(1)} s`;
    connection.ask(samples);
  } catch (error) {
    showProblem(error.message);
  }
}

async function testMicrophone() {
  showProblem();
  element("test").disabled = true;
  try {
    await open();
    show("hearing", "say something");
    const { name, level } = await audio.testMicrophone();
    const decibels = `${level.toFixed(0)} dB`;
    if (level < -50) {
      showProblem(`The microphone “${name}” is silent (${decibels}). Is it muted, or is another one meant?`);
    } else if (level > -0.1) {
      showProblem(`The microphone “${name}” is too loud: it clips. Turn its level down.`);
    } else {
      show("idle", "the microphone works");
      element("hint").textContent = `The microphone “${name}” works; its highest level was ${decibels}.`;
    }
  } catch (error) {
    showProblem(error.message);
  }
  element("test").disabled = false;
}

// Controls

element("talk").onclick = () => isTalking ? stopTalking() : startTalking();
element("stop").onclick = () => {
  connection.cancel();
  interrupt();
  showIdle();
};
element("test").onclick = testMicrophone;
element("turns").onchange = changeTurns;
element("file").onchange = ({ target }) => {
  if (target.files[0]) askWithFile(target.files[0]);
  target.value = "";
};
element("hold").onpointerdown = hold;
window.onpointerup = release;
window.onkeydown = (event) => {
  if (event.key === "Escape" && !element("stop").disabled) element("stop").click();
  // A control keeps its own keys, except that Space on "hold to talk" talks.
  const isOnControl = event.target.closest("button, select, input, summary, label");
  if (isOnControl && !(event.key === " " && event.target === element("hold"))) return;
  if (event.key === "Enter" && !isTalking) startTalking();
  if (event.key === " ") {
    event.preventDefault();
    hold();
  }
};
window.onkeyup = (event) => { if (event.key === " ") release(); };

if (!window.isSecureContext) {
  showProblem("This page came over plain http from another machine, so the browser keeps the microphone from it. Open "
    + "it as https:// (start the server with --tls-cert and --tls-key), or use http://localhost on the machine itself. "
    + "Asking with a file does not work here either.");
}

// For the console and for tests.
globalThis.omniPage = { audio, connection, get isTalking() { return isTalking; }, askWithFile };

// A conversation over OpenAI's Realtime API.

import { encodePCM, RATE } from "./audio.js";

/// Samples that the server takes for a question: 100 ms.
const SHORTEST_QUESTION = RATE / 10;

export class RealtimeConnection {
  /// Called with each event of the server.
  onEvent = () => {};
  /// Called with a sentence when the connection ends without having been asked to.
  onLost = () => {};

  #socket = null;
  /// Samples that were appended and neither committed nor cleared.
  #waitingCount = 0;

  /// Connects, or does nothing when there is a connection.
  connect(key) {
    if (this.#socket && this.#socket.readyState === WebSocket.OPEN) return Promise.resolve();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const protocols = key ? ["realtime", `openai-insecure-api-key.${key}`] : ["realtime"];
    const socket = new WebSocket(`${scheme}://${location.host}/v1/realtime`, protocols);
    this.#socket = socket;
    this.#waitingCount = 0;
    return new Promise((resolve, reject) => {
      socket.onmessage = ({ data }) => {
        const event = JSON.parse(data);
        this.onEvent(event);
        if (event.type === "session.created") resolve();
      };
      socket.onclose = ({ code, reason }) => {
        if (code === 1000) return;
        this.onLost(reason ? `The server ended the conversation: ${reason}.` : "The connection to the server is lost.");
      };
      socket.onerror = async () => reject(new Error(await explainRefusal(key)));
    });
  }

  #send(event) {
    if (this.#socket && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(event));
  }

  /// Lets the server find turns, by their meaning where it has a model for it, or leaves them to `commit`.
  configure({ detectsTurns }) {
    const input = {
      transcription: { model: "omni" },
      turn_detection: detectsTurns ? { type: "semantic_vad" } : null,
    };
    this.#send({ type: "session.update", session: { type: "realtime", audio: { input } } });
  }

  append(samples) {
    this.#waitingCount += samples.length;
    this.#send({ type: "input_audio_buffer.append", audio: encodePCM(samples) });
  }

  clear() {
    this.#waitingCount = 0;
    this.#send({ type: "input_audio_buffer.clear" });
  }

  /// Ends the turn and asks for a reply. What is too short for a question is forgotten: a reply to that would be one
  /// to the question before it.
  commit() {
    if (this.#waitingCount < SHORTEST_QUESTION) return this.clear();
    this.#waitingCount = 0;
    this.#send({ type: "input_audio_buffer.commit" });
    this.#send({ type: "response.create" });
  }

  /// Asks with a recording of its own.
  ask(samples) {
    const content = [{ type: "input_audio", audio: encodePCM(samples) }];
    this.#send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
    this.#send({ type: "response.create" });
  }

  cancel() { this.#send({ type: "response.cancel" }); }

  /// Says how many samples of a reply were played.
  truncate(item, playedCount) {
    this.#send({
      type: "conversation.item.truncate", item_id: item, content_index: 0,
      audio_end_ms: Math.floor(playedCount * 1000 / RATE),
    });
  }
}

/// A WebSocket does not say why it was refused; a request for the same address does.
async function explainRefusal(key) {
  try {
    const response = await fetch("/v1/realtime", key ? { headers: { authorization: `Bearer ${key}` } } : {});
    const { error } = await response.json();
    // What the request finds is a WebSocket: what it was refused for is over, or concerns WebSockets alone.
    if (response.status === 426) {
      return "No conversation was free at the moment, or pages of this address may not connect (--allow-origin). "
        + "Try again.";
    }
    if (response.status === 401) return "The server wants an API key: enter it under “Connection”.";
    return `The server says: ${error.message}.`;
  } catch {
    return "The server cannot be reached. Is it running, and is its certificate accepted?";
  }
}

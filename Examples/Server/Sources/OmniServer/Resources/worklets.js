// What runs on the browser's audio thread: a microphone that captures at 24 kHz, and a player of 24 kHz chunks.

const RATE = 24000;
/// Samples of a message from the microphone: 40 ms.
const MESSAGE_LENGTH = 960;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.left = this.step;
    this.sum = 0;
    this.output = [];
  }

  process(inputs) {
    const input = inputs[0][0];
    if (!input) return true;
    // Each output is the mean of the input under it: a filter that is good enough for speech.
    for (const sample of input) {
      let part = 1;
      while (part >= this.left) {
        this.sum += sample * this.left;
        part -= this.left;
        this.output.push(this.sum / this.step);
        this.sum = 0;
        this.left = this.step;
      }
      this.sum += sample * part;
      this.left -= part;
    }
    if (this.output.length >= MESSAGE_LENGTH) {
      this.port.postMessage(Float32Array.from(this.output));
      this.output = [];
    }
    return true;
  }
}

class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = RATE / sampleRate;
    this.reset();
    this.port.onmessage = ({ data }) => this.take(data);
  }

  /// Takes a chunk, or "begin" for a new reply, or "clear", which is answered by how much was played.
  take(message) {
    if (message === "clear") {
      const played = this.played;
      this.reset();
      this.port.postMessage({ cleared: played });
    } else if (message === "begin") {
      this.reset();
    } else {
      this.queue.push(message);
    }
  }

  reset() {
    this.queue = [];
    this.place = 0;
    this.played = 0;
    this.isPlaying = false;
  }

  process(_, outputs) {
    const output = outputs[0][0];
    for (let index = 0; index < output.length; index++) {
      while (this.queue.length && this.place >= this.queue[0].length) {
        this.place -= this.queue.shift().length;
      }
      this.report(this.queue.length > 0);
      if (!this.queue.length) break;
      output[index] = this.sample();
      this.place += this.step;
      this.played += this.step;
    }
    return true;
  }

  /// The chunks at the place of the player, interpolated.
  sample() {
    const chunk = this.queue[0];
    const at = Math.floor(this.place);
    const following = at + 1 < chunk.length ? chunk[at + 1] : this.queue.length > 1 ? this.queue[1][0] : chunk[at];
    return chunk[at] + (this.place - at) * (following - chunk[at]);
  }

  /// Says when playing begins, and when there is nothing more to play.
  report(isPlaying) {
    if (isPlaying === this.isPlaying) return;
    this.isPlaying = isPlaying;
    this.port.postMessage(isPlaying ? { playing: this.played } : { empty: this.played });
  }
}

registerProcessor("microphone", Microphone);
registerProcessor("player", Player);

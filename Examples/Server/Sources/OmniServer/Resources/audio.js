// The browser's microphone and loudspeaker.

/// Samples per second of everything that goes to the server and comes from it.
export const RATE = 24000;

const MICROPHONE_PROBLEMS = {
  NotAllowedError: "The microphone was not allowed. Allow it beside the address of this page, then try again.",
  NotFoundError: "No microphone was found. Connect one, or ask with a file.",
  NotReadableError: "The microphone is in use by another program.",
};

export class Audio {
  /// Measures what is captured; null while no microphone is open.
  microphoneAnalyser = null;
  /// Measures what is played; null before `open`.
  speakerAnalyser = null;
  /// Called when the loudspeaker begins to play a reply, and when it has played everything.
  onPlaying = () => {};
  onEmpty = () => {};

  #context = null;
  #player = null;
  #stream = null;
  #cleared = null;

  /// Opens the loudspeaker. The browser allows it only after a click or a key.
  async open() {
    if (this.#context) return this.#context.resume();
    const context = new AudioContext({ latencyHint: "interactive" });
    if (!context.audioWorklet) {
      throw new Error("This browser runs no audio code on pages that are not secure. Open this page over https, "
        + "or from this machine as http://localhost.");
    }
    await context.audioWorklet.addModule("worklets.js");
    this.#player = new AudioWorkletNode(context, "player", { numberOfInputs: 0, outputChannelCount: [1] });
    this.#player.port.onmessage = ({ data }) => this.#take(data);
    this.speakerAnalyser = new AnalyserNode(context, { fftSize: 1024 });
    this.#player.connect(this.speakerAnalyser).connect(context.destination);
    this.#context = context;
    await context.resume();
  }

  get sampleRate() { return this.#context.sampleRate; }

  // Playing

  /// Begins a reply: what is left of the one before is dropped.
  begin() { this.#player.port.postMessage("begin"); }

  /// Plays samples after those that wait.
  play(samples) { this.#player.port.postMessage(samples, [samples.buffer]); }

  /// Drops what waits. Resolves with how many samples of the reply were played.
  clear() {
    return new Promise((resolve) => {
      this.#cleared = resolve;
      this.#player.port.postMessage("clear");
    });
  }

  #take(message) {
    if ("playing" in message) this.onPlaying();
    if ("empty" in message) this.onEmpty();
    if ("cleared" in message && this.#cleared) {
      this.#cleared(message.cleared);
      this.#cleared = null;
    }
  }

  // Capturing

  /// Captures from the microphone until `stopCapturing`.
  async capture(onSamples, onEnd) {
    this.#stream = await requestMicrophone();
    const source = this.#context.createMediaStreamSource(this.#stream);
    const microphone = new AudioWorkletNode(this.#context, "microphone", { numberOfOutputs: 0 });
    this.microphoneAnalyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    source.connect(this.microphoneAnalyser);
    source.connect(microphone);
    microphone.port.onmessage = ({ data }) => onSamples(data);
    this.#stream.getTracks()[0].onended = onEnd;
  }

  stopCapturing() {
    if (!this.#stream) return;
    this.#stream.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.microphoneAnalyser = null;
  }

  /// Captures for three seconds. Returns the microphone's name and its highest level in decibels.
  async testMicrophone() {
    const stream = await requestMicrophone();
    const analyser = new AnalyserNode(this.#context, { fftSize: 2048 });
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const ownsAnalyser = !this.microphoneAnalyser;
    if (ownsAnalyser) this.microphoneAnalyser = analyser;
    const values = new Float32Array(2048);
    const end = performance.now() + 3000;
    let peak = 0;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      analyser.getFloatTimeDomainData(values);
      for (const value of values) peak = Math.max(peak, Math.abs(value));
    }
    const name = stream.getAudioTracks()[0].label || "default";
    stream.getTracks().forEach((track) => track.stop());
    if (ownsAnalyser) this.microphoneAnalyser = null;
    return { name, level: 20 * Math.log10(peak || 1e-9) };
  }

  /// A file's audio: one channel at RATE.
  async decode(file) {
    let decoded;
    try {
      decoded = await this.#context.decodeAudioData(await file.arrayBuffer());
    } catch {
      throw new Error(`“${file.name}” is no audio that this browser can read.`);
    }
    const offline = new OfflineAudioContext(1, Math.max(1, Math.ceil(decoded.duration * RATE)), RATE);
    const source = offline.createBufferSource();
    source.buffer = decoded;
    source.connect(offline.destination);
    source.start();
    return (await offline.startRendering()).getChannelData(0);
  }
}

async function requestMicrophone() {
  if (!window.isSecureContext || !navigator.mediaDevices) {
    throw new Error("A browser gives the microphone only to pages from this machine or over https. Open this page as "
      + "https:// (start the server with --tls-cert and --tls-key), or as http://localhost.");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    throw new Error(MICROPHONE_PROBLEMS[error.name] || `The microphone cannot be opened: ${error.message}`);
  }
}

/// Samples as base64 of 16-bit PCM.
export function encodePCM(samples) {
  const pcm = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, index) => {
    pcm.setInt16(2 * index, Math.max(-32768, Math.min(32767, Math.round(sample * 32768))), true);
  });
  const bytes = new Uint8Array(pcm.buffer);
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return btoa(text);
}

/// The samples of base64 of 16-bit PCM.
export function decodePCM(base64) {
  const text = atob(base64);
  const pcm = new DataView(new ArrayBuffer(text.length));
  for (let index = 0; index < text.length; index++) pcm.setUint8(index, text.charCodeAt(index));
  return Float32Array.from({ length: text.length >> 1 }, (_, index) => pcm.getInt16(2 * index, true) / 32768);
}

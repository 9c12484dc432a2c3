// The waveform and the spectrogram of the microphone and of the reply.

const FFT_SIZE = 1024;
/// The highest frequency of the spectrogram, in Hz.
const TOP_FREQUENCY = 8000;

/// Draws on both canvases until the page is closed.
export function draw(audio, { wave, spectrum, isReplying }) {
  const interval = matchMedia("(prefers-reduced-motion: reduce)").matches ? 250 : 33;
  let last = 0;
  const frame = (now) => {
    requestAnimationFrame(frame);
    if (now - last < interval) return;
    last = now;
    drawWave(wave, [[audio.microphoneAnalyser, "--you"], [audio.speakerAnalyser, "--omni"]]);
    const isReply = isReplying() || !audio.microphoneAnalyser;
    const analyser = isReply ? audio.speakerAnalyser : audio.microphoneAnalyser;
    if (analyser) drawSpectrum(spectrum, analyser, audio.sampleRate, isReply ? 22 : 178);
  };
  requestAnimationFrame(frame);
}

function drawWave(canvas, sources) {
  const context = fitted(canvas);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.lineWidth = 1.5 * devicePixelRatio;
  const values = new Float32Array(FFT_SIZE);
  for (const [analyser, colour] of sources) {
    if (!analyser) continue;
    analyser.getFloatTimeDomainData(values);
    context.strokeStyle = resolvedColour(canvas, colour);
    context.beginPath();
    for (let index = 0; index < FFT_SIZE; index += 2) {
      const amplitude = Math.max(-1, Math.min(1, values[index] * 2));
      context.lineTo(index / FFT_SIZE * canvas.width, canvas.height / 2 * (1 - amplitude));
    }
    context.stroke();
  }
}

function drawSpectrum(canvas, analyser, sampleRate, hue) {
  const context = fitted(canvas, { willReadFrequently: true });
  const step = Math.max(1, Math.round(2 * devicePixelRatio));
  context.drawImage(canvas, -step, 0);
  const levels = new Uint8Array(analyser.frequencyBinCount);
  analyser.getByteFrequencyData(levels);
  const binCount = Math.min(levels.length, Math.round(TOP_FREQUENCY / (sampleRate / FFT_SIZE)));
  for (let y = 0; y < canvas.height; y++) {
    const level = levels[Math.floor((1 - y / canvas.height) * binCount)] / 255;
    context.fillStyle = `hsl(${hue} 70% ${8 + level * 72}%)`;
    context.fillRect(canvas.width - step, y, step, 1);
  }
}

/// The canvas's context, with as many pixels as the screen shows of it.
function fitted(canvas, options) {
  const width = Math.trunc(canvas.clientWidth * devicePixelRatio);
  const height = Math.trunc(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return canvas.getContext("2d", options);
}

/// A custom property's colour as a canvas takes it: light-dark() is resolved by the style of an element.
function resolvedColour(canvas, name) {
  canvas.style.color = `var(${name})`;
  return getComputedStyle(canvas).color;
}

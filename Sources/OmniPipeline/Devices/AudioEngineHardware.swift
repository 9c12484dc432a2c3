#if canImport(AVFAudio)
    internal import AVFAudio
    internal import Foundation
    internal import OmniCore
    internal import Synchronization

    /// The default microphone and loudspeaker of an Apple platform, through `AVAudioEngine`.
    ///
    /// The application owns its audio session and asks for the permission to record.
    final class AudioEngineHardware: AudioHardware {
        private struct State {
            var engine: AVAudioEngine?
            var callbacks: AudioCallbacks?
            var observer: (any NSObjectProtocol)?
        }

        private let state = Mutex(State())

        func start(_ callbacks: AudioCallbacks) throws {
            let engine = AVAudioEngine()
            let input = engine.inputNode
            let inputFormat = input.outputFormat(forBus: 0)
            guard inputFormat.sampleRate > 0, inputFormat.channelCount > 0,
                let outputFormat = AVAudioFormat(
                    standardFormatWithSampleRate: Double(AudioDevice.sampleRate), channels: 1)
            else {
                throw AudioDeviceError.unavailable(
                    device: nil, reason: "the system gives no microphone to this program")
            }
            let resampler = Mutex(
                try Resampler(from: Int(inputFormat.sampleRate), to: AudioDevice.sampleRate))
            input.installTap(
                onBus: 0, bufferSize: AVAudioFrameCount(inputFormat.sampleRate / 50), format: inputFormat
            ) { @Sendable buffer, _ in
                guard let chunk = AudioChunk(buffer),
                    let samples = resampler.withLock({ try? $0.push(chunk.samples) }), !samples.isEmpty
                else { return }
                callbacks.capture(samples)
            }
            let source = unsafe AVAudioSourceNode(format: outputFormat) { @Sendable _, _, frameCount, list in
                var samples = [Float](repeating: 0, count: Int(frameCount))
                callbacks.render(&samples)
                let buffers = unsafe UnsafeMutableAudioBufferListPointer(list)
                for index in unsafe buffers.indices {
                    let played = unsafe UnsafeMutableBufferPointer<Float>(buffers[index])
                    _ = unsafe played.update(fromContentsOf: samples.prefix(played.count))
                }
                return noErr
            }
            engine.attach(source)
            engine.connect(source, to: engine.mainMixerNode, format: outputFormat)
            // An engine stops by itself then, and may not be changed while it says so.
            let observer = NotificationCenter.default.addObserver(
                forName: .AVAudioEngineConfigurationChange, object: engine, queue: nil
            ) { [weak self] _ in
                guard let self else { return }
                DispatchQueue.global().async {
                    self.release {
                        $0.end(AudioDeviceError.failed(reason: "the system has changed the devices or their rate"))
                    }
                }
            }
            state.withLock { $0 = State(engine: engine, callbacks: callbacks, observer: observer) }
            do {
                try engine.start()
            } catch {
                release { _ in }
                throw AudioDeviceError.unavailable(device: nil, reason: error.localizedDescription)
            }
        }

        func stop() { release { $0.end(nil) } }

        /// Stops the engine and lets go of it, and then does the last thing with the callbacks; nothing a second time.
        private func release(_ end: (AudioCallbacks) -> Void) {
            state.withLock { state in
                guard let engine = state.engine, let callbacks = state.callbacks else { return }
                if let observer = state.observer { NotificationCenter.default.removeObserver(observer) }
                engine.inputNode.removeTap(onBus: 0)
                engine.stop()
                end(callbacks)
                state = State()
            }
        }
    }
#endif

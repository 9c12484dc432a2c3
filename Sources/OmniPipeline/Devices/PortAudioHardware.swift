#if !canImport(AVFAudio)
    internal import Synchronization

    /// A microphone and a loudspeaker that PortAudio reaches, read and written by one thread.
    final class PortAudioHardware: AudioHardware {
        private static let frameCount = AudioDevice.sampleRate / 50

        private let device: Int?
        private let isStopped = Atomic(false)

        /// - Parameter device: PortAudio's index of a device; `nil` for its defaults.
        init(device: Int?) { self.device = device }

        func start(_ callbacks: AudioCallbacks) throws {
            let library = try PortAudio()
            do {
                let stream = try library.open(
                    device: device, sampleRate: AudioDevice.sampleRate, frameCount: Self.frameCount)
                try DedicatedThread.start(name: "omni.device") { [self] in
                    let outcome = Result { () throws(AudioDeviceError) in try transfer(library, stream, callbacks) }
                    library.close(stream)
                    switch outcome {
                    case .success: callbacks.end(nil)
                    case .failure(let error): callbacks.end(error)
                    }
                }
            } catch {
                library.terminate()
                throw error
            }
        }

        func stop() { isStopped.store(true, ordering: .relaxed) }

        private func transfer(
            _ library: PortAudio, _ stream: PortAudio.Stream, _ callbacks: AudioCallbacks
        ) throws(AudioDeviceError) {
            var buffer = [Float](repeating: 0, count: Self.frameCount)
            while !isStopped.load(ordering: .relaxed) {
                try library.read(stream, into: &buffer)
                callbacks.capture(buffer)
                callbacks.render(&buffer)
                try library.write(stream, &buffer)
            }
        }
    }
#endif

#if !canImport(AVFAudio)
    internal import Dispatch
    internal import Synchronization

    /// A microphone and a loudspeaker that PortAudio reaches, read and written by one thread.
    final class PortAudioHardware: AudioHardware {
        private static let frameCount = AudioDevice.sampleRate / 50

        private let device: Int?
        private let load: @Sendable () throws(AudioDeviceError) -> PortAudio
        private let isStopped = Atomic(false)
        /// Entered while the thread is there.
        private let running = DispatchGroup()

        /// - Parameters:
        ///   - device: PortAudio's index of a device; `nil` for its defaults.
        ///   - load: starts the library.
        init(
            device: Int?,
            load: @escaping @Sendable () throws(AudioDeviceError) -> PortAudio = { () throws(AudioDeviceError) in
                try PortAudio()
            }
        ) {
            self.device = device
            self.load = load
        }

        func start(_ callbacks: AudioCallbacks) throws {
            let library = try load()
            let stream: PortAudio.Stream
            do {
                stream = try library.open(
                    device: device, sampleRate: AudioDevice.sampleRate, frameCount: Self.frameCount)
            } catch {
                library.terminate()
                throw error
            }
            running.enter()
            do {
                try DedicatedThread.start(name: "omni.device") { [self] in
                    defer { running.leave() }
                    let outcome = Result { () throws(AudioDeviceError) in try transfer(library, stream, callbacks) }
                    library.close(stream)
                    switch outcome {
                    case .success: callbacks.end(nil)
                    case .failure(let error): callbacks.end(error)
                    }
                }
            } catch {
                running.leave()
                library.close(stream)
                throw error
            }
        }

        /// Waits until the device is closed: for a read and a write, 40 ms, and for other calls of PortAudio; a device
        /// that hangs is left alone after a second.
        func stop() {
            isStopped.store(true, ordering: .relaxed)
            _ = running.wait(timeout: .now() + 1)
        }

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

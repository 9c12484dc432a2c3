#if !canImport(AVFAudio)
    internal import Foundation
    internal import Synchronization

    /// PortAudio's library, as far as an ``AudioDevice`` needs it, found when the program runs: a program that opens no
    /// device needs no PortAudio.
    ///
    /// Pointers of the library are kept as addresses: only PortAudio itself follows them. Its functions share state
    /// without a lock, so all but those that read and write a stream are called one at a time.
    struct PortAudio: Sendable {
        /// An open stream.
        struct Stream: Sendable { fileprivate let address: Int }

        private typealias Plain = @convention(c) () -> Int32
        private typealias ErrorText = @convention(c) (Int32) -> Int
        private typealias OpenDefault = @convention(c) (Int, Int32, Int32, UInt, Double, UInt, Int, Int) -> Int32
        private typealias Open = @convention(c) (Int, Int, Int, Double, UInt, UInt, Int, Int) -> Int32
        private typealias OnStream = @convention(c) (Int) -> Int32
        private typealias DeviceInfo = @convention(c) (Int32) -> Int
        private typealias Transfer = @convention(c) (Int, Int, UInt) -> Int32

        /// The layout of `PaStreamParameters`.
        private struct Parameters {
            var device: Int32
            var channelCount: Int32 = 1
            var sampleFormat: UInt = PortAudio.float32
            var suggestedLatency = 0.05
            var specificInfo = 0
        }

        /// The first fields of `PaDeviceInfo`.
        private struct Info {
            var structVersion: Int32
            var name: Int
            var hostAPI: Int32
            var inputChannelCount: Int32
            var outputChannelCount: Int32
        }

        private static let float32: UInt = 1
        private static let inputOverflowed: Int32 = -9981
        private static let outputUnderflowed: Int32 = -9980
        private static let names = ["libportaudio.so.2", "libportaudio.so"]

        private static let calls = Mutex(())

        /// Where a function of the library is; 0 for none.
        private let addressOfFunction: @Sendable (String) -> Int

        /// Loads and starts the library.
        init() throws(AudioDeviceError) {
            let found = Self.names.lazy.map { unsafe Int(bitPattern: dlopen($0, RTLD_NOW)) }.first { $0 != 0 }
            guard let found else { throw .libraryMissing }
            try self.init { name in unsafe Int(bitPattern: dlsym(UnsafeMutableRawPointer(bitPattern: found), name)) }
        }

        /// Starts a library whose functions are where `addressOfFunction` says.
        init(addressOfFunction: @escaping @Sendable (String) -> Int) throws(AudioDeviceError) {
            self.addressOfFunction = addressOfFunction
            let start: Plain = try function("Pa_Initialize")
            let code = Self.calls.withLock { _ in start() }
            try check(code) { .unavailable(device: nil, reason: "PortAudio does not start: \($0)") }
        }

        /// Opens microphone and loudspeaker as one stream of one channel each.
        ///
        /// - Parameter device: the index of a device for both; `nil` for the system's defaults.
        func open(device: Int?, sampleRate: Int, frameCount: Int) throws(AudioDeviceError) -> Stream {
            try Self.calls.withLock { _ throws(AudioDeviceError) in
                try openAlone(device: device, sampleRate: sampleRate, frameCount: frameCount)
            }
        }

        private func openAlone(device: Int?, sampleRate: Int, frameCount: Int) throws(AudioDeviceError) -> Stream {
            var address = 0
            if let device {
                guard let number = Int32(exactly: device) else {
                    throw .unavailable(device: device, reason: "no device has this index")
                }
                let open: Open = try function("Pa_OpenStream")
                var parameters = Parameters(device: number)
                let code = unsafe withUnsafePointer(to: &parameters) { parameters in
                    unsafe withUnsafeMutablePointer(to: &address) { stream in
                        let parameters = Int(bitPattern: parameters)
                        return open(
                            Int(bitPattern: stream), parameters, parameters, Double(sampleRate), UInt(frameCount), 0, 0,
                            0)
                    }
                }
                try check(code) { .unavailable(device: device, reason: $0) }
            } else {
                let open: OpenDefault = try function("Pa_OpenDefaultStream")
                let code = unsafe withUnsafeMutablePointer(to: &address) { stream in
                    open(
                        Int(bitPattern: stream), 1, 1, Self.float32, Double(sampleRate), UInt(frameCount), 0, 0)
                }
                try check(code) { .unavailable(device: nil, reason: $0) }
            }
            let stream = Stream(address: address)
            do {
                let start: OnStream = try function("Pa_StartStream")
                try check(start(address)) { .unavailable(device: device, reason: $0) }
            } catch {
                closeAlone(stream)
                throw error
            }
            return stream
        }

        /// The next samples of the microphone. Samples before them may be lost when a read came late: that is no
        /// failure.
        func read(_ stream: Stream, into samples: inout [Float]) throws(AudioDeviceError) {
            let code = try transfer("Pa_ReadStream", stream, &samples)
            if code != Self.inputOverflowed {
                try check(code) { .failed(reason: "the microphone cannot be read: \($0)") }
            }
        }

        /// The next samples for the loudspeaker.
        func write(_ stream: Stream, _ samples: inout [Float]) throws(AudioDeviceError) {
            let code = try transfer("Pa_WriteStream", stream, &samples)
            if code != Self.outputUnderflowed {
                try check(code) { .failed(reason: "the loudspeaker cannot be written: \($0)") }
            }
        }

        /// Closes a stream and stops the library.
        func close(_ stream: Stream) {
            Self.calls.withLock { _ in closeAlone(stream) }
            terminate()
        }

        private func closeAlone(_ stream: Stream) {
            if let close: OnStream = try? function("Pa_CloseStream") { _ = close(stream.address) }
        }

        /// Stops the library, unless others have started it as well.
        func terminate() {
            if let stop: Plain = try? function("Pa_Terminate") { _ = Self.calls.withLock { _ in stop() } }
        }

        private func transfer(_ name: String, _ stream: Stream, _ samples: inout [Float]) throws(AudioDeviceError)
            -> Int32
        {
            let transfer: Transfer = try function(name)
            let count = UInt(samples.count)
            return unsafe samples.withUnsafeMutableBufferPointer { buffer in
                transfer(stream.address, Int(bitPattern: buffer.baseAddress), count)
            }
        }

        private func function<Function>(_ name: String) throws(AudioDeviceError) -> Function {
            guard let symbol = unsafe UnsafeRawPointer(bitPattern: addressOfFunction(name)) else {
                throw .unavailable(device: nil, reason: "this PortAudio has no \(name)")
            }
            return unsafe unsafeBitCast(symbol, to: Function.self)
        }

        /// Throws the error that `describe` makes of PortAudio's words for a negative code.
        private func check(
            _ code: Int32, _ describe: (String) -> AudioDeviceError
        ) throws(AudioDeviceError) {
            guard code < 0 else { return }
            let errorText: ErrorText? = try? function("Pa_GetErrorText")
            let text = unsafe errorText.flatMap { unsafe UnsafePointer<CChar>(bitPattern: $0(code)) }
            throw describe(unsafe text.map { unsafe String(cString: $0) } ?? "error \(code)")
        }

        // MARK: Devices

        /// The devices that PortAudio finds.
        static func devices() throws(AudioDeviceError) -> [AudioDeviceInfo] {
            let library = try PortAudio()
            defer { library.terminate() }
            return try calls.withLock { _ throws(AudioDeviceError) in try library.devicesAlone() }
        }

        private func devicesAlone() throws(AudioDeviceError) -> [AudioDeviceInfo] {
            let count: Plain = try function("Pa_GetDeviceCount")
            let describe: DeviceInfo = try function("Pa_GetDeviceInfo")
            let deviceCount = count()
            try check(deviceCount) { .unavailable(device: nil, reason: $0) }
            return (0..<deviceCount).compactMap { index in
                guard let info = unsafe UnsafePointer<Info>(bitPattern: describe(index))?.pointee else { return nil }
                let name = unsafe UnsafePointer<CChar>(bitPattern: info.name).map { unsafe String(cString: $0) }
                return AudioDeviceInfo(
                    index: Int(index), name: name ?? "unnamed", inputChannelCount: Int(info.inputChannelCount),
                    outputChannelCount: Int(info.outputChannelCount))
            }
        }
    }
#endif

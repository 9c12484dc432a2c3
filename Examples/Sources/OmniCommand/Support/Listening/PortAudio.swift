import Foundation

/// PortAudio's library, as far as a conversation needs it, found when the program runs: who has no microphone needs no
/// PortAudio either.
struct PortAudio {
    typealias Stream = OpaquePointer

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private typealias Plain = @convention(c) () -> Int32
    private typealias ErrorText = @convention(c) (Int32) -> UnsafePointer<CChar>?
    private typealias OpenDefault =
        @convention(c) (
            UnsafeMutablePointer<OpaquePointer?>, Int32, Int32, UInt, Double, UInt, OpaquePointer?, OpaquePointer?
        ) -> Int32
    private typealias Open =
        @convention(c) (
            UnsafeMutablePointer<OpaquePointer?>, UnsafeRawPointer?, UnsafeRawPointer?, Double, UInt, UInt,
            OpaquePointer?, OpaquePointer?
        ) -> Int32
    private typealias OnStream = @convention(c) (OpaquePointer) -> Int32
    private typealias Transfer = @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UInt) -> Int32

    /// The layout of `PaStreamParameters`.
    private struct Parameters {
        var device: Int32
        var channelCount: Int32 = 1
        var sampleFormat: UInt = PortAudio.float32
        var suggestedLatency = 0.05
        var specificInfo: OpaquePointer?
    }

    private static let float32: UInt = 1
    private static let names = ["libportaudio.so.2", "libportaudio.so", "libportaudio.2.dylib", "libportaudio.dylib"]

    private let library: UnsafeMutableRawPointer

    /// Loads and starts the library.
    init() throws(Failure) {
        guard let library = unsafe Self.names.lazy.compactMap({ unsafe dlopen($0, RTLD_NOW) }).first else {
            throw Failure(
                description: "PortAudio is not installed (libportaudio2 on Debian, portaudio with Homebrew): "
                    + "give a WAV file with --input instead of the microphone")
        }
        unsafe self.library = library
        let start: Plain = try function("Pa_Initialize")
        try check(start(), "PortAudio does not start")
    }

    /// Opens microphone and loudspeaker as one stream of one channel each.
    ///
    /// - Parameter device: the number of a device for both; `nil` for the system's own choice.
    func open(device: Int?, sampleRate: Int, frameCount: Int) throws(Failure) -> Stream {
        var stream: OpaquePointer?
        if let device {
            let open: Open = try function("Pa_OpenStream")
            var parameters = Parameters(device: Int32(device))
            let code = unsafe withUnsafePointer(to: &parameters) { parameters in
                unsafe open(&stream, parameters, parameters, Double(sampleRate), UInt(frameCount), 0, nil, nil)
            }
            try check(code, "device \(device) cannot be opened")
        } else {
            let open: OpenDefault = try function("Pa_OpenDefaultStream")
            let code = unsafe open(&stream, 1, 1, Self.float32, Double(sampleRate), UInt(frameCount), nil, nil)
            try check(code, "there is no microphone and loudspeaker to open")
        }
        let start: OnStream = try function("Pa_StartStream")
        guard let stream = unsafe stream else { throw Failure(description: "PortAudio opened nothing") }
        try check(unsafe start(stream), "the microphone does not start")
        return unsafe stream
    }

    /// The next samples of the microphone. Some may have been lost when nobody read in time: that is no failure.
    func read(_ stream: Stream, into samples: inout [Float]) throws(Failure) {
        let read: Transfer = try function("Pa_ReadStream")
        let code = unsafe samples.withUnsafeMutableBytes { bytes -> Int32 in
            guard let start = bytes.baseAddress else { return 0 }
            return unsafe read(stream, start, UInt(bytes.count / 4))
        }
        if code != Self.inputOverflowed { try check(code, "the microphone cannot be read") }
    }

    /// The next samples for the loudspeaker.
    func write(_ stream: Stream, _ samples: inout [Float]) throws(Failure) {
        let write: Transfer = try function("Pa_WriteStream")
        let code = unsafe samples.withUnsafeMutableBytes { bytes -> Int32 in
            guard let start = bytes.baseAddress else { return 0 }
            return unsafe write(stream, start, UInt(bytes.count / 4))
        }
        if code != Self.outputUnderflowed { try check(code, "the loudspeaker cannot be written to") }
    }

    /// Closes a stream and stops the library.
    func close(_ stream: Stream) {
        if let close: OnStream = try? function("Pa_CloseStream") { _ = unsafe close(stream) }
        if let stop: Plain = try? function("Pa_Terminate") { _ = stop() }
    }

    private static let inputOverflowed: Int32 = -9981
    private static let outputUnderflowed: Int32 = -9980

    private func function<Function>(_ name: String) throws(Failure) -> Function {
        guard let symbol = unsafe dlsym(library, name) else {
            throw Failure(description: "this PortAudio has no \(name)")
        }
        return unsafe unsafeBitCast(symbol, to: Function.self)
    }

    private func check(_ code: Int32, _ what: String) throws(Failure) {
        guard code < 0 else { return }
        let describe: ErrorText? = try? function("Pa_GetErrorText")
        let reason = unsafe describe.flatMap { unsafe $0(code) }.map { unsafe String(cString: $0) }
        throw Failure(description: "\(what): \(reason ?? "error \(code)")")
    }
}

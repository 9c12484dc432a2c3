import CommandSupport
import Foundation

/// PortAudio's library, as far as a conversation needs it, found when the program runs: who has no microphone needs no
/// PortAudio either.
///
/// Pointers of the library are kept as addresses: nobody here looks behind them.
struct PortAudio {
    struct Failure: ErrorWithExitStatus, CustomStringConvertible {
        let description: String
        var exitStatus: ExitStatus { .noInput }
    }

    /// An open stream.
    struct Stream { fileprivate let address: Int }

    private typealias Plain = @convention(c) () -> Int32
    private typealias ErrorText = @convention(c) (Int32) -> Int
    private typealias OpenDefault = @convention(c) (Int, Int32, Int32, UInt, Double, UInt, Int, Int) -> Int32
    private typealias Open = @convention(c) (Int, Int, Int, Double, UInt, UInt, Int, Int) -> Int32
    private typealias OnStream = @convention(c) (Int) -> Int32
    private typealias Transfer = @convention(c) (Int, Int, UInt) -> Int32

    /// The layout of `PaStreamParameters`.
    private struct Parameters {
        var device: Int32
        var channelCount: Int32 = 1
        var sampleFormat: UInt = PortAudio.float32
        var suggestedLatency = 0.05
        var specificInfo = 0
    }

    private static let float32: UInt = 1
    private static let inputOverflowed: Int32 = -9981
    private static let outputUnderflowed: Int32 = -9980
    private static let names = ["libportaudio.so.2", "libportaudio.so", "libportaudio.2.dylib", "libportaudio.dylib"]

    private let library: Int

    /// Loads and starts the library.
    init() throws(Failure) {
        let found = Self.names.lazy.map { unsafe Int(bitPattern: dlopen($0, RTLD_NOW)) }.first { $0 != 0 }
        guard let found else {
            throw Failure(
                description: "PortAudio is not installed (libportaudio2 on Debian, portaudio with Homebrew): "
                    + "give a WAV file with --input instead of the microphone")
        }
        library = found
        let start: Plain = try function("Pa_Initialize")
        try check(start(), "PortAudio does not start")
    }

    /// Opens microphone and loudspeaker as one stream of one channel each.
    ///
    /// - Parameter device: the number of a device for both; `nil` for the system's own choice.
    func open(device: Int?, sampleRate: Int, frameCount: Int) throws(Failure) -> Stream {
        var address = 0
        if let device {
            let open: Open = try function("Pa_OpenStream")
            var parameters = Parameters(device: Int32(device))
            let code = unsafe withUnsafePointer(to: &parameters) { parameters in
                unsafe withUnsafeMutablePointer(to: &address) { stream in
                    let parameters = Int(bitPattern: parameters)
                    return open(
                        Int(bitPattern: stream), parameters, parameters, Double(sampleRate), UInt(frameCount), 0, 0, 0)
                }
            }
            try check(code, "device \(device) cannot be opened")
        } else {
            let open: OpenDefault = try function("Pa_OpenDefaultStream")
            let code = unsafe withUnsafeMutablePointer(to: &address) { stream in
                open(
                    Int(bitPattern: stream), 1, 1, Self.float32, Double(sampleRate), UInt(frameCount), 0, 0)
            }
            try check(code, "there is no microphone and loudspeaker to open")
        }
        let start: OnStream = try function("Pa_StartStream")
        try check(start(address), "the microphone does not start")
        return Stream(address: address)
    }

    /// The next samples of the microphone. Some before them may have been lost when nobody read in time: that is no
    /// failure.
    func read(_ stream: Stream, into samples: inout [Float]) throws(Failure) {
        let code = try transfer("Pa_ReadStream", stream, &samples)
        if code != Self.inputOverflowed { try check(code, "the microphone cannot be read") }
    }

    /// The next samples for the loudspeaker.
    func write(_ stream: Stream, _ samples: inout [Float]) throws(Failure) {
        let code = try transfer("Pa_WriteStream", stream, &samples)
        if code != Self.outputUnderflowed { try check(code, "the loudspeaker cannot be written to") }
    }

    /// Closes a stream and stops the library.
    func close(_ stream: Stream) {
        if let close: OnStream = try? function("Pa_CloseStream") { _ = close(stream.address) }
        if let stop: Plain = try? function("Pa_Terminate") { _ = stop() }
    }

    private func transfer(_ name: String, _ stream: Stream, _ samples: inout [Float]) throws(Failure) -> Int32 {
        let transfer: Transfer = try function(name)
        let count = UInt(samples.count)
        return unsafe samples.withUnsafeMutableBufferPointer { buffer in
            transfer(stream.address, Int(bitPattern: buffer.baseAddress), count)
        }
    }

    private func function<Function>(_ name: String) throws(Failure) -> Function {
        guard let symbol = unsafe dlsym(UnsafeMutableRawPointer(bitPattern: library), name) else {
            throw Failure(description: "this PortAudio has no \(name)")
        }
        return unsafe unsafeBitCast(symbol, to: Function.self)
    }

    private func check(_ code: Int32, _ what: String) throws(Failure) {
        guard code < 0 else { return }
        let describe: ErrorText? = try? function("Pa_GetErrorText")
        let text = unsafe describe.flatMap { unsafe UnsafePointer<CChar>(bitPattern: $0(code)) }
        let reason = unsafe text.map { unsafe String(cString: $0) }
        throw Failure(description: "\(what): \(reason ?? "error \(code)")")
    }
}

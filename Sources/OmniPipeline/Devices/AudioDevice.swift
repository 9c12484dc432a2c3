public import OmniCore
internal import Synchronization

/// The computer's microphone and loudspeaker.
///
/// ```swift
/// let device = try AudioDevice()
/// for try await event in omni.makeSession().converse(listeningTo: device.microphone) {
///     device.player.handle(event)
/// }
/// ```
///
/// On Linux this needs PortAudio (`libportaudio2`), which is loaded when the first device is opened; on Apple platforms
/// it is `AVAudioEngine`, and the application asks for the permission to record. Several devices may be open at once
/// where the system allows it.
public final class AudioDevice: Sendable {
    /// Samples per second of ``microphone`` and of what the loudspeaker gets, in Hz.
    public static let sampleRate = 24_000

    /// What the microphone captures, in chunks of about 20 ms, from the moment at which the device was opened. One
    /// consumer takes it. A consumer that falls ten seconds behind loses audio; silence takes the place of what is
    /// lost. The stream ends with ``close()``, and with ``AudioDeviceError/failed(reason:)`` when the device stops
    /// working; on Apple platforms also when the system changes devices or their rate, as for headphones: open another
    /// one.
    public let microphone: AsyncThrowingStream<AudioChunk, any Error>
    /// What the loudspeaker plays.
    public let player: AudioPlayer

    private let hardware: any AudioHardware

    /// Opens a microphone and a loudspeaker and begins to capture.
    ///
    /// - Parameter index: the ``AudioDeviceInfo/index`` of a device that captures and plays; `nil` for the system's
    ///   defaults. Apple platforms know no other.
    /// - Throws: ``AudioDeviceError``, ``DedicatedThreadError``.
    public convenience init(index: Int? = nil) throws {
        try self.init(hardware: Self.openHardware(index))
    }

    init(hardware: any AudioHardware) throws {
        let (microphone, captured) = AsyncThrowingStream.makeStream(
            of: AudioChunk.self, bufferingPolicy: .bufferingOldest(500))
        self.microphone = microphone
        self.hardware = hardware
        let player = AudioPlayer(sampleRate: Self.sampleRate)
        self.player = player
        let start = ContinuousClock.now
        let filler = Mutex(GapFiller())
        try hardware.start(
            AudioCallbacks(
                capture: { samples in
                    filler.withLock { filler in
                        // A chunk that finds no room leaves the filler as it was: its time becomes silence.
                        var next = filler
                        let chunk = next.filled(
                            AudioChunk(samples, sampleRate: Self.sampleRate), at: ContinuousClock.now - start)
                        if case .enqueued = captured.yield(chunk) { filler = next }
                    }
                },
                render: { player.render(into: &$0) },
                end: { captured.finish(throwing: $0) }))
    }

    deinit { hardware.stop() }

    /// Stops capturing and playing, and ends ``microphone``. Returns when the system has the device back, mostly within
    /// 40 ms, and after a second where it hangs. The device cannot be opened again: make another one.
    public func close() { hardware.stop() }

    /// The devices that the system knows, in the order of their indices; on Apple platforms none, where the user
    /// chooses the device in the system's settings.
    ///
    /// - Throws: ``AudioDeviceError``.
    public static func available() throws -> [AudioDeviceInfo] {
        #if canImport(AVFAudio)
            []
        #else
            try PortAudio.devices()
        #endif
    }

    private static func openHardware(_ index: Int?) throws -> any AudioHardware {
        #if canImport(AVFAudio)
            guard index == nil else {
                throw AudioDeviceError.unavailable(
                    device: index, reason: "this platform opens its default devices alone")
            }
            return AudioEngineHardware()
        #else
            return PortAudioHardware(device: index)
        #endif
    }
}

/// A device that the system knows.
public struct AudioDeviceInfo: Sendable, Hashable, CustomStringConvertible {
    /// What ``AudioDevice/init(index:)`` takes.
    public var index: Int
    /// The system's name for it.
    public var name: String
    /// Channels that it captures; 0 for a loudspeaker.
    public var inputChannelCount: Int
    /// Channels that it plays; 0 for a microphone.
    public var outputChannelCount: Int

    /// Describes a device.
    public init(index: Int, name: String, inputChannelCount: Int, outputChannelCount: Int) {
        self.index = index
        self.name = name
        self.inputChannelCount = inputChannelCount
        self.outputChannelCount = outputChannelCount
    }

    public var description: String { "\(index): \(name), \(inputChannelCount) in, \(outputChannelCount) out" }
}

/// What captures and plays for an ``AudioDevice``: one implementation a platform.
protocol AudioHardware: Sendable {
    /// Begins to capture and to play, until ``stop()``. The callbacks are called on threads of the hardware's own.
    func start(_ callbacks: AudioCallbacks) throws

    /// Stops. Afterwards no callback is called; a second call does nothing.
    func stop()
}

/// What the hardware calls. All samples are mono at ``AudioDevice/sampleRate``.
struct AudioCallbacks: Sendable {
    /// Takes samples that the microphone captured; the last of them was captured just now.
    let capture: @Sendable ([Float]) -> Void
    /// Fills a buffer with the samples that the loudspeaker plays next.
    let render: @Sendable (inout [Float]) -> Void
    /// Takes the reason why the hardware stopped, or `nil` after ``AudioHardware/stop()``. Nothing is called after it.
    let end: @Sendable (AudioDeviceError?) -> Void
}

/// Why an ``AudioDevice`` cannot capture and play.
public enum AudioDeviceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// PortAudio, which reaches audio hardware on Linux, is not installed.
    case libraryMissing
    /// The system has no such device, or does not let this program use it.
    case unavailable(device: Int?, reason: String)
    /// The device stopped working while it was in use.
    case failed(reason: String)

    public var description: String {
        switch self {
        case .libraryMissing: "PortAudio is not installed (libportaudio2 on Debian and Ubuntu)"
        case .unavailable(let device?, let reason): "audio device \(device) cannot be opened: \(reason)"
        case .unavailable(nil, let reason): "there is no microphone and loudspeaker to open: \(reason)"
        case .failed(let reason): "the audio device failed: \(reason)"
        }
    }
}

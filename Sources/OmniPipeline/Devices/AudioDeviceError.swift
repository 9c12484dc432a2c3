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

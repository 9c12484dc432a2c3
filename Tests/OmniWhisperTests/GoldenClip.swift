import OmniCore
import OmniTensor
import TestSupport

/// The clips that the reference encoded with the small model of the fixtures, and what it made of them.
struct GoldenClip: Decodable, Sendable {
    var n_samples_16k: Int
    var leng: Int
    var mel_frames_stored: Int
    var mel_pad_value: Float

    static let names = [
        "chirp_16k", "q_name_16k", "q_short_16k", "q_weather_16k", "silence_16k", "q_name_24k", "stereo_44k",
    ]

    static func all() throws -> [String: GoldenClip] { try Fixture.json("tiny/whisper.json") }
    static func arrays() throws -> Checkpoint { try Checkpoint(contentsOf: Fixture.url("tiny/whisper.safetensors")) }

    /// What the reference listened to: clips at other rates as ffmpeg resampled them.
    static func audio(_ name: String) throws -> AudioChunk {
        guard !name.hasSuffix("_16k") else { return try Fixture.audio("audio/\(name).wav") }
        let resampled = try Checkpoint(contentsOf: Fixture.url("tiny/resample.safetensors"))
        let samples = try resampled.integers("\(name).ffmpeg_s16").scalars.map { Float($0) / 32_768 }
        return AudioChunk(samples, sampleRate: 16_000)
    }

    /// The reference's spectrogram of a clip, time-major and complete.
    func mel(_ name: String) throws -> Tensor<Float> {
        let stored = try Self.arrays().floats("\(name).mel").transposed()
        var mel = Tensor<Float>(repeating: mel_pad_value, shape: [3000, 80])
        var target = mel.mutableSpan
        let source = stored.span
        for index in source.indices { target[index] = source[index] }
        return mel
    }
}

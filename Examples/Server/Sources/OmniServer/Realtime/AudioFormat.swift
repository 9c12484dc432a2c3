import OmniCore
import OmniPipeline

/// How audio travels in a realtime conversation.
enum AudioFormat: String, Hashable, Sendable {
    /// 16 bits, little-endian, 24 kHz.
    case pcm = "audio/pcm"
    /// G.711 µ-law, 8 kHz.
    case pcmu = "audio/pcmu"
    /// G.711 A-law, 8 kHz.
    case pcma = "audio/pcma"

    var sampleRate: Int { self == .pcm ? 24_000 : 8_000 }
    var bytesPerSample: Int { self == .pcm ? 2 : 1 }

    /// The time that so many bytes last, in milliseconds.
    func milliseconds(byteCount: Int) -> Int { byteCount / bytesPerSample * 1000 / sampleRate }

    /// Bytes as samples. An odd last byte of PCM is left out.
    func decode(_ bytes: [UInt8]) -> [Float] {
        switch self {
        case .pcm: AudioChunk(pcm16: bytes, sampleRate: sampleRate).samples
        case .pcmu: bytes.map { Float(G711.decodeMu($0)) * 0x1p-15 }
        case .pcma: bytes.map { Float(G711.decodeA($0)) * 0x1p-15 }
        }
    }

    /// Samples at ``sampleRate`` as bytes.
    func encode(_ samples: [Float]) -> [UInt8] {
        let pcm = AudioChunk(samples, sampleRate: sampleRate).pcm16
        guard self != .pcm else { return pcm }
        return stride(from: 0, to: pcm.count - 1, by: 2).map { index in
            let sample = Int16(bitPattern: UInt16(pcm[index]) | UInt16(pcm[index + 1]) << 8)
            return self == .pcmu ? G711.encodeMu(sample) : G711.encodeA(sample)
        }
    }

    var json: JSON {
        self == .pcm ? ["type": "audio/pcm", "rate": 24_000] : ["type": .string(rawValue)]
    }
}

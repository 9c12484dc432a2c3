import OmniCore
import OmniPipeline

/// How sound travels in a realtime conversation.
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
        case .pcm:
            stride(from: 0, to: bytes.count - 1, by: 2).map { index in
                Float(Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)) * 0x1p-15
            }
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

/// The logarithmic 8-bit codes of telephony (ITU-T G.711), for 16-bit samples.
enum G711 {
    static func encodeMu(_ sample: Int16) -> UInt8 {
        let sign: UInt8 = sample < 0 ? 0x80 : 0
        let magnitude = min(abs(Int(sample)), 32_635) + 132
        let exponent = 7 - (UInt8(truncatingIfNeeded: magnitude >> 7).leadingZeroBitCount)
        let mantissa = (magnitude >> (exponent + 3)) & 0x0F
        return ~(sign | UInt8(exponent << 4) | UInt8(mantissa))
    }

    static func decodeMu(_ code: UInt8) -> Int16 {
        let bits = ~code
        let magnitude = ((Int(bits & 0x0F) << 3) + 132) << Int((bits >> 4) & 7)
        return Int16(bits & 0x80 == 0 ? magnitude - 132 : 132 - magnitude)
    }

    static func encodeA(_ sample: Int16) -> UInt8 {
        let sign: UInt8 = sample < 0 ? 0 : 0x80
        let magnitude = min(sample < 0 ? -Int(sample) - 1 : Int(sample), 32_767) >> 4
        guard magnitude >= 16 else { return (sign | UInt8(magnitude)) ^ 0x55 }
        let exponent = Int.bitWidth - magnitude.leadingZeroBitCount - 4
        let mantissa = (magnitude >> (exponent - 1)) & 0x0F
        return (sign | UInt8(exponent << 4) | UInt8(mantissa)) ^ 0x55
    }

    static func decodeA(_ code: UInt8) -> Int16 {
        let bits = code ^ 0x55
        let exponent = Int((bits >> 4) & 7)
        let mantissa = Int(bits & 0x0F)
        let magnitude = exponent == 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 264) << (exponent - 1)
        return Int16(bits & 0x80 != 0 ? magnitude : -magnitude)
    }
}

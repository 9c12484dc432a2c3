/// Samples between a file's bytes and floats.
enum WAVSamples {
    /// Appends the samples that `bytes` store, integers scaled to `-1..<1`.
    static func append(_ bytes: Span<UInt8>, as format: WAVFormat.SampleFormat, to samples: inout [Float]) {
        let width = format.byteCount
        samples.reserveCapacity(samples.count + bytes.count / width)
        func little<Bits: FixedWidthInteger>(_ offset: Int, as type: Bits.Type = Bits.self) -> Bits {
            var bits: Bits = 0
            for i in 0..<width { bits |= Bits(truncatingIfNeeded: bytes[offset + i]) << Bits(8 * i) }
            return bits
        }
        for offset in stride(from: 0, to: bytes.count, by: width) {
            let sample: Float =
                switch format {
                case .unsigned8: Float(Int(bytes[offset]) - 128) * 0x1p-7
                case .int16: Float(little(offset, as: Int16.self)) * 0x1p-15
                // Moved to the top of 32 bits, for the sign.
                case .int24: Float(little(offset, as: Int32.self) << 8) * 0x1p-31
                case .int32: Float(little(offset, as: Int32.self)) * 0x1p-31
                case .float32: Float(bitPattern: little(offset))
                case .float64: Float(Double(bitPattern: little(offset)))
                case .aLaw: Float(G711.decodeA(bytes[offset])) * 0x1p-15
                case .muLaw: Float(G711.decodeMu(bytes[offset])) * 0x1p-15
                }
            samples.append(sample)
        }
    }

    /// Turns big-endian samples of `width` bytes each into little-endian ones.
    static func swapBytes(_ bytes: inout [UInt8], width: Int) {
        guard width > 1 else { return }
        for start in stride(from: 0, to: bytes.count - bytes.count % width, by: width) {
            bytes[start..<start + width].reverse()
        }
    }

    /// Appends the bytes that store `samples`. Integers are rounded to the nearest, clamped to what they can hold, and
    /// 0 for what is no number.
    static func append(_ samples: Span<Float>, as format: WAVFormat.SampleFormat, to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + samples.count * format.byteCount)
        func append(_ bits: some FixedWidthInteger) {
            for i in 0..<format.byteCount { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * i))) }
        }
        for i in samples.indices {
            let sample = samples[i]
            switch format {
            case .unsigned8: append(integer(sample, bitCount: 8) + 128)
            case .int16: append(integer(sample, bitCount: 16))
            case .int24: append(integer(sample, bitCount: 24))
            case .int32: append(integer(sample, bitCount: 32))
            case .float32: append(sample.bitPattern)
            case .float64: append(Double(sample).bitPattern)
            case .aLaw: bytes.append(G711.encodeA(Int16(integer(sample, bitCount: 16))))
            case .muLaw: bytes.append(G711.encodeMu(Int16(integer(sample, bitCount: 16))))
            }
        }
    }

    /// A sample as an integer of `bitCount` bits.
    static func integer(_ sample: Float, bitCount: Int) -> Int {
        guard !sample.isNaN else { return 0 }
        let scale = Double(1 << (bitCount - 1))
        return Int(min(max((Double(sample) * scale).rounded(), -scale), scale - 1))
    }
}

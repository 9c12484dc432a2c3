import OmniPipeline
import Testing

/// The codes of telephony.
@Suite struct G711Tests {
    /// Values of ITU-T G.711, table 1 and 2: quiet, small, loud, both signs.
    @Test(arguments: [(0, 0xFF), (32_124, 0x80), (-32_124, 0x00), (1_000, 0xCE), (-1_000, 0x4E)] as [(Int16, UInt8)])
    func muLaw(sample: Int16, code: UInt8) {
        #expect(G711.encodeMu(sample) == code)
    }

    @Test(arguments: [(8, 0xD5), (-8, 0x55), (32_256, 0xAA), (-32_256, 0x2A), (1_008, 0xFA)] as [(Int16, UInt8)])
    func aLaw(sample: Int16, code: UInt8) {
        #expect(G711.encodeA(sample) == code)
        #expect(G711.decodeA(code) == sample)
    }

    /// Every code is the code of what it stands for, but for the two zeros of µ-law.
    @Test func everyCodeIsItsOwn() {
        for code in UInt8.min...UInt8.max {
            #expect(G711.encodeA(G711.decodeA(code)) == code)
            #expect(G711.encodeMu(G711.decodeMu(code)) == code || code == 0x7F)
        }
    }

    /// Steps grow with the sample: at most 1/32 of it is lost, and a little of quiet ones.
    @Test func whatIsLostIsBounded() {
        for sample in stride(from: Int(Int16.min), through: Int(Int16.max), by: 7) {
            let bound = max(abs(sample) / 30, 8) + 4
            let value = Int16(sample)
            #expect(abs(Int(G711.decodeA(G711.encodeA(value))) - sample) <= bound)
            #expect(abs(Int(G711.decodeMu(G711.encodeMu(value))) - sample) <= max(bound, abs(sample) - 32_124))
        }
    }
}

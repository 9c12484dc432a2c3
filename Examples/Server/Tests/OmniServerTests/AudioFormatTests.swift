import Testing

@testable import OmniServer

@Suite struct AudioFormatTests {
    @Test func formats() {
        #expect(AudioFormat.pcm.decode([0, 0x40, 0, 0xC0, 7]) == [0.5, -0.5])
        #expect(AudioFormat.pcm.encode([0.5, -2, .nan]) == [0, 0x40, 0, 0x80, 0, 0])
        #expect(AudioFormat.pcmu.decode([0xFF]) == [0])
        #expect(
            AudioFormat.pcma.milliseconds(byteCount: 80) == 10 && AudioFormat.pcm.milliseconds(byteCount: 480) == 10)
    }
}

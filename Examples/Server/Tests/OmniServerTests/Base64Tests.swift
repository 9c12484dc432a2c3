import Foundation
import Testing

@testable import OmniServer

@Suite struct Base64Tests {
    @Test func asFoundation() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(bytes.base64 == Data(bytes).base64EncodedString())
            #expect([UInt8](base64: bytes.base64) == bytes)
            // Lines, as encoders of mail make them.
            let lines = Data(bytes).base64EncodedString(options: [.lineLength64Characters, .endLineWithCarriageReturn])
            #expect([UInt8](base64: lines + "\r\n") == bytes)
        }
    }

    @Test(arguments: [
        "%", "A", "AA", "AAA", "AAAAA", "AA=A", "A===", "AAA==", "AAAA=", "AA-_", "ÄÖ", "\0", "AAAA\u{1}",
    ])
    func others(text: String) { #expect([UInt8](base64: text) == nil) }
}

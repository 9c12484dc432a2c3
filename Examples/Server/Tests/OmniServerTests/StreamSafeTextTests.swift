import OmniTesting
import Testing

@testable import OmniServer

/// Text whose comparison takes long is not compared, wherever it comes in.
@Suite struct StreamSafeTextTests {
    /// One character to its reader, whose marks are not in the order of the normal form.
    static let marks = "e" + String(repeating: "\u{301}\u{316}", count: 15_000)

    @Test(arguments: [
        "", "type", "größer", "e\u{301}\u{316}", "가각", "😀👩‍👩‍👧",
        "e" + String(repeating: "\u{301}", count: 30),
    ])
    func safe(text: String) { #expect(text.isStreamSafe) }

    @Test(arguments: [
        marks, "e" + String(repeating: "\u{301}", count: 31), String(repeating: "\u{316}", count: 31) + "e",
    ])
    func notSafe(text: String) { #expect(!text.isStreamSafe) }

    /// Looking one of these up takes a second.
    @Test func refusedSoon() {
        let time = processorTime {
            for text in [#"{"type": "\#(Self.marks)"}"#, #"{"type": "x", "a": ["\#(Self.marks)"]}"#] {
                #expect(throws: APIError.self) { try JSON(parsing: text.utf8, limits: .event) }
            }
            #expect(throws: APIError.self) {
                try MultipartForm(
                    contentType: "multipart/form-data; boundary=b",
                    body: Array(
                        "--b\r\nContent-Disposition: form-data; name=response_format\r\n\r\n\(Self.marks)\r\n--b--".utf8
                    ))
            }
            #expect(throws: APIError.self) {
                try MultipartForm(contentType: "multipart/form-data; boundary=\(Self.marks)", body: Array("--b--".utf8))
            }
        }
        #expect(time < .milliseconds(200))
    }
}

import Testing

@testable import OmniServer

@Suite struct MultipartFormTests {
    private let type = "multipart/form-data; boundary=\"x-y\""

    private func form(_ text: String, type: String? = nil) throws -> MultipartForm {
        try MultipartForm(contentType: type ?? self.type, body: Array(text.utf8))
    }

    @Test func fieldsAndFiles() throws {
        let form = try form(
            "--x-y\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nomni\r\n"
                + "--x-y\r\nContent-Type: audio/wav\r\n"
                + "content-disposition: form-data; name=file; filename=\"a.wav\"\r\n\r\n"
                + "RIFF\r\n--x-z\r\n\r\n--x-y--\r\nrest")
        #expect(form.text("model") == "omni")
        #expect(form["file"]?.fileName == "a.wav")
        #expect(form.text("file") == "RIFF\r\n--x-z\r\n")
        #expect(form["nothing"] == nil)
    }

    /// Parameters in any order, with what belongs to the syntax in quotes; header fields in several lines.
    @Test(arguments: [
        "form-data; name=\"f\"; filename=\"a;b.wav\"", "form-data; filename=\"a;b.wav\"; name=\"f\"",
        "form-data; filename=\"a;b.wav\";name=f", "form-data ; FileName = \"a;b.wav\" ; NAME = f ",
        "form-data;\r\n name=\"f\";\r\n\tfilename=\"a;b.wav\"",
        "form-data; x=\"name=\\\"g\\\"; \"; name=f; filename=\"a;b.wav\"",
    ])
    func parameters(disposition: String) throws {
        let form = try form(
            "--x-y\r\nContent-Type: audio/wav\r\nContent-Disposition: \(disposition)\r\n\r\nb\r\n--x-y--")
        #expect(form["f"] == MultipartForm.Field(fileName: "a;b.wav", bytes: [98]))
    }

    @Test(arguments: [
        ("\"a\\\"b\"", "a\"b"), ("\"a\\\\b\"", "a\\b"), ("\"C:\\x.wav\"", "C:\\x.wav"), ("\"a", "a"), ("\"\"", ""),
        ("a b", "a b"),
    ])
    func quotes(written: String, value: String) {
        #expect(HeaderParameters("form-data; name=\(written)")["name"] == value)
    }

    @Test func boundaries() throws {
        for type in ["multipart/form-data; charset=utf-8; boundary=x-y", "Multipart/Form-Data;boundary=\"x-y\";a=b"] {
            #expect(
                try form("--x-y\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x-y--", type: type).text("a")
                    == "b")
        }
    }

    @Test(arguments: [
        "", "--x-y", "--x-y\r\n", "--x-y--x", "no form at all",
        "--x-y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb",
        "--x-y\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x-y--", "--x-y\r\nname=a b\r\n--x-y--",
    ])
    func brokenForms(text: String) {
        #expect { try form(text) } throws: { ($0 as? APIError)?.code == "invalid_form" }
    }

    @Test(arguments: [
        "multipart/form-data", "application/json", "multipart/form-data; boundary=", "text/plain; boundary=a",
    ])
    func otherTypes(type: String) {
        #expect { try form("--a--", type: type) } throws: { ($0 as? APIError)?.status == 400 }
        #expect { try MultipartForm(contentType: nil, body: []) } throws: { ($0 as? APIError)?.status == 400 }
    }

    @Test func tooManyFields() {
        let field = "--x-y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n"
        #expect { try form(String(repeating: field, count: 65) + "--x-y--") } throws: {
            ($0 as? APIError)?.code == "invalid_form"
        }
    }
}

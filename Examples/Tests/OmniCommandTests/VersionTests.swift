import Foundation
import Testing

/// One version, in the command, in CHANGELOG and in the lines that README gives to a package.
@Suite struct VersionTests {
    @Test func commandAndDocumentsAgree() async throws {
        let command = try await Command.run(["--version"])
        #expect(command.status == 0)
        let version = command.text.trimmingCharacters(in: .newlines)
        let release = version.replacing("-dev", with: "")
        #expect(release.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)

        func text(_ name: String) throws -> String {
            try String(contentsOf: Command.package.deletingLastPathComponent().appending(path: name), encoding: .utf8)
        }
        let newest = try #require(text("CHANGELOG.md").split(separator: "\n").first { $0.hasPrefix("## ") })
        #expect(version == release ? newest.hasPrefix("## \(release)") : newest == "## Unreleased")
        #expect(try text("README.md").contains("from: \"\(release)\""))
    }
}

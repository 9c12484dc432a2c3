import Foundation
import OmniTesting
import Testing

@testable import OmniHub

@Suite("Configuration, ids and patterns")
struct ConfigurationTests {
    @Test(
        "the cache that the environment names",
        arguments: [
            (["HOME": "/h"], "/h/.cache/huggingface/hub"),
            (["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
            (["HOME": "/h", "XDG_CACHE_HOME": "/x", "HF_HOME": "~/hf"], "/h/hf/hub"),
            (["HOME": "/h", "HF_HOME": "/y", "HUGGINGFACE_HUB_CACHE": "$HOME/old"], "/h/old"),
            (["HOME": "/h", "HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "${HOME}/new/$NO"], "/h/new/$NO"),
            (["HOME": "/h", "HF_HUB_CACHE": ""], "/h/.cache/huggingface/hub"),
        ])
    func cache(environment: [String: String], path: String) {
        #expect(HubCache(environment: environment).folder.path == path)
    }

    @Test("the token: variables before the file, none where it is not wanted")
    func token() throws {
        let fixture = try HubFixture()
        let file = fixture.folder.appending(path: "token")
        try Data(" hf_file\n".utf8).write(to: file)
        let home = ["HF_HOME": fixture.folder.path]
        #expect(try HubConfiguration(environment: home).token == HubToken("hf_file"))
        let variable = home.merging(["HUGGING_FACE_HUB_TOKEN": "hf_old"]) { $1 }
        #expect(try HubConfiguration(environment: variable).token == HubToken("hf_old"))
        let both = variable.merging(["HF_TOKEN": "hf_new"]) { $1 }
        #expect(try HubConfiguration(environment: both).token == HubToken("hf_new"))
        let none = both.merging(["HF_HUB_DISABLE_IMPLICIT_TOKEN": "yes"]) { $1 }
        #expect(try HubConfiguration(environment: none).token == nil)
        let elsewhere = ["HF_HOME": "/nowhere", "HF_TOKEN_PATH": file.path]
        #expect(try HubConfiguration(environment: elsewhere).token == HubToken("hf_file"))
        #expect(throws: HubError.badToken) { try HubConfiguration(environment: ["HF_TOKEN": "hf\r\nHost: evil"]) }
    }

    @Test("a token does not print")
    func tokenIsSecret() throws {
        var configuration = try HubConfiguration(environment: ["HF_TOKEN": "hf_secret", "HOME": "/h"])
        configuration.isOffline = true
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("secret"))
    }

    @Test("offline", arguments: [("1", true), ("ON", true), ("yes", true), ("True", true), ("0", false), ("", false)])
    func offline(value: String, isOffline: Bool) throws {
        #expect(try HubConfiguration(environment: ["HF_HUB_OFFLINE": value]).isOffline == isOffline)
        #expect(try HubConfiguration(environment: ["TRANSFORMERS_OFFLINE": value]).isOffline == isOffline)
    }

    @Test("endpoints")
    func endpoints() throws {
        #expect(try HubConfiguration(environment: [:]).endpoint.absoluteString == "https://huggingface.co")
        let mirror = try HubConfiguration(environment: ["HF_ENDPOINT": "http://mirror:8080/hf//"])
        #expect(mirror.endpoint.absoluteString == "http://mirror:8080/hf")
        for text in ["mirror", "ftp://mirror", "https://", "https://mirror/?a=b"] {
            #expect(throws: HubError.badEndpoint(text)) { try HubConfiguration(environment: ["HF_ENDPOINT": text]) }
        }
        #expect(throws: HubError.badEndpoint("https://mirror")) {
            try HubConfiguration(environment: ["HF_ENDPOINT": "https://me:secret@mirror"])
        }
        #expect(throws: HubError.badEndpoint("https://mirror")) {
            try HubConfiguration(environment: ["HF_ENDPOINT": "https://mirror/a@b?c=d"])
        }
    }

    @Test("ids of repositories", arguments: ["gpt-omni/mini-omni", "gpt2", "a/b.c_d-e", "A/1"])
    func goodIDs(id: String) throws {
        let repository = try HubRepository(id)
        #expect(HubRepository(folderName: repository.folderName) == repository)
    }

    @Test(
        "what is no id",
        arguments: [
            "", "/", "a/", "/a", "a/b/c", "a--b/c", "..", "a/../b", "-a/b", "a/b-", "a b/c", "a/b.git", "./a", "~/a",
            "a/b?c", "a\n/b", "models/ä", String(repeating: "a", count: 97), "https://huggingface.co/a/b",
        ])
    func badIDs(id: String) {
        #expect(throws: HubError.badRepositoryID(id)) { try HubRepository(id) }
    }

    @Test("revisions")
    func revisions() throws {
        for name in ["main", "refs/pr/1", "v1.0", String(repeating: "a", count: 40)] {
            #expect(try HubRevision(name).name == name)
        }
        for name in ["", "../x", "a/../b", "/etc", "a b", "a..b", "-x", "x.lock", "a\u{0}", "a:b"] {
            #expect(throws: HubError.badRevision(name)) { try HubRevision(name) }
        }
    }

    @Test(
        "patterns",
        arguments: [
            ("*", "a/b", true), ("*.json", "config.json", true), ("*.json", "a/b.json", true),
            ("*.json", "a.jsonl", false),
            ("sub/", "sub/a/b", true), ("sub/", "sub", false), ("a?c", "abc", true), ("a?c", "ac", false),
            ("[ab]*", "b1", true), ("[!ab]*", "b1", false), ("[a-c]x", "bx", true), ("[]]x", "]x", true),
            ("[a", "[a", true),
            ("a*b*c", "axxbyybc", true), ("a*b*c", "axxbyyb", false), ("", "", true), ("**", "x", true),
            ("a", "b", false),
        ])
    func patterns(pattern: String, path: String, matches: Bool) {
        #expect(GlobPattern(pattern).matches(path) == matches)
    }

    @Test("a pattern of many stars takes no time")
    func manyStars() {
        let time = processorTime {
            #expect(!GlobPattern(String(repeating: "a*", count: 300) + "c").matches(String(repeating: "a", count: 900)))
        }
        #expect(time < .seconds(2))
    }

    @Test("progress: speed over the last seconds, time left, ten reports a second")
    func progress() throws {
        let reports = Record<HubProgress>()
        let meter = ProgressMeter(completed: 500, total: 10_500) { reports.add($0) }
        let start = ContinuousClock.now
        meter.begin("a", now: start)
        for step in 1...100 { meter.receive(50, now: start + .milliseconds(20 * step)) }
        #expect(reports.values.count == 1 + 20)
        let last = try #require(reports.values.last)
        #expect(last.completedByteCount == 5500 && last.file == "a")
        #expect(abs((last.bytesPerSecond ?? 0) - 2500) < 1)
        #expect(abs(((last.timeLeft ?? .zero) / .seconds(1)) - 2) < 0.01)
        meter.adjust(by: 5000, now: start + .seconds(3))
        #expect(reports.values.last?.fraction == 1)
    }

    @Test(
        "sizes",
        arguments: [
            (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (99_949, "99.9 kB"),
            (99_950, "100 kB"),
            (999_499, "999 kB"), (999_500, "1.0 MB"), (2_780_000_000, "2.8 GB"), (Int.max, "9223372 TB"),
        ])
    func sizes(byteCount: Int, text: String) { #expect(HubProgress.size(byteCount) == text) }
}

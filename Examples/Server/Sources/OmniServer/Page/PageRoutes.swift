import HTTPTypes
import Hummingbird

/// The page to talk with: its files are in the program, and nothing comes from elsewhere.
struct PageRoutes {
    private struct File {
        let path: RouterPath
        let type: String
        let bytes: [UInt8]
    }

    private static let script = "text/javascript; charset=utf-8"
    private static let files = [
        File(path: "/", type: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        File(path: "/page.css", type: "text/css; charset=utf-8", bytes: PackageResources.page_css),
        File(path: "/page.js", type: script, bytes: PackageResources.page_js),
        File(path: "/audio.js", type: script, bytes: PackageResources.audio_js),
        File(path: "/worklets.js", type: script, bytes: PackageResources.worklets_js),
        File(path: "/realtime.js", type: script, bytes: PackageResources.realtime_js),
        File(path: "/drawing.js", type: script, bytes: PackageResources.drawing_js),
    ]

    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws: wss:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    func add(to router: some RouterMethods<ServerContext>) {
        for file in Self.files {
            router.get(file.path) { _, _ in
                Response(
                    status: .ok,
                    headers: [
                        .contentType: file.type, .contentSecurityPolicy: Self.policy, .cacheControl: "no-cache",
                        .xContentTypeOptions: "nosniff",
                    ],
                    body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
            }
        }
    }
}

"""What the reference's Gradio and Streamlit clients send, and how they read the answer: request by request, byte by byte."""
import base64, io, json, wave

import numpy, requests
from serving import recording, server

AUDIO = base64.b64encode(recording("what-is-your-name")).decode()


def gradio(url):
    """Reads int16 samples from every piece of the body, as the Gradio demo does."""
    count = 0
    with requests.post(url, json={"audio": AUDIO}, stream=True) as response:
        assert response.headers["content-type"] == "audio/wav" and "content-length" not in response.headers
        for chunk in response.iter_content(chunk_size=4096):
            if chunk:
                count += len(numpy.frombuffer(chunk, dtype=numpy.int16).reshape(-1, 1))
    return count


def streamlit(url):
    """Splits the body at Mini-Omni2's boundary, as its Streamlit demo does."""
    sound, text, buffer = b"", "", b""
    with requests.post(url, json={"audio": AUDIO}, stream=True) as response:
        assert response.headers["content-type"] == "multipart/x-mixed-replace; boundary=frame"
        for chunk in response.iter_content(chunk_size=2048):
            buffer += chunk
            while b"\r\n--frame\r\n" in buffer:
                frame, buffer = buffer.split(b"\r\n--frame\r\n", 1)
                if b"Content-Type: audio/wav" in frame:
                    sound += frame.split(b"\r\n\r\n", 1)[1]
                elif b"Content-Type: text/plain" in frame:
                    text += frame.split(b"\r\n\r\n", 1)[1].decode()
    return len(sound) // 2, text


def main():
    with server("--maximum-requests-per-minute", "10000") as running:
        url = running.url + "/chat"
        count = gradio(url)
        assert count > 12000, count
        assert streamlit(url + "?format=multipart") == (count, "My name is Omni.")
        # The options of the reference: any stride gives the same sound; few positions give less of it.
        for stride in (1, 7):
            body = requests.post(url, json={"audio": AUDIO, "stream_stride": stride, "max_tokens": 2048}).content
            assert len(body) == 2 * count
        assert requests.post(url, json={"audio": AUDIO, "max_tokens": 5}).status_code in (400, 500)
        for bad, code in (
            ({}, "missing_required_parameter"), ({"audio": 5}, "missing_required_parameter"),
            ({"audio": "UklGRg=="}, "invalid_audio"), ({"audio": AUDIO, "stream_stride": 0}, "invalid_value"),
            ({"audio": AUDIO, "image": "x"}, "unsupported_value"), ([], "invalid_json"),
        ):
            response = requests.post(url, json=bad)
            assert response.status_code == 400 and response.json()["error"]["code"] == code, (bad, response.text)
        assert requests.post(url, data="{").json()["error"]["code"] == "invalid_json"
    with server("--chat-sends-text", "--port", "0") as running:
        assert streamlit(running.url + "/chat")[1] == "My name is Omni."
    print("reference: /chat raw and in parts")


main()

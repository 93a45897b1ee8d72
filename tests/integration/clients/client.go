// The requests of the quickstart from Go's own net/http. Arguments: the ports of 80, 443 and 9080.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const host = "uk.bookinfo.com"

func expect(what string, good bool, seen string) {
	if !good {
		fmt.Printf("%s: %s\n", what, seen)
		os.Exit(1)
	}
}

// clientFor returns a client that finds every host on one port of the loopback address.
func clientFor(port string) *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
			},
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: host},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func ask(client *http.Client, method, url string, body io.Reader, cookie string) (*http.Response, string) {
	request, err := http.NewRequest(method, url, body)
	expect(url, err == nil, fmt.Sprint(err))
	if cookie != "" {
		request.Header.Set("cookie", cookie)
	}
	answer, err := client.Do(request)
	expect(url, err == nil, fmt.Sprint(err))
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	expect(url, err == nil, fmt.Sprint(err))
	return answer, string(text)
}

func main() {
	answer, _ := ask(clientFor(os.Args[1]), "GET", "http://"+host+"/reviews/1", nil, "")
	location := answer.Header.Get("location")
	expect("port 80", answer.StatusCode == 301 && location == "https://"+host+"/reviews/1", answer.Status+location)

	secure := clientFor(os.Args[2])
	for i := 0; i < 50; i++ {
		path := fmt.Sprintf("/reviews/%d", i)
		answer, text := ask(secure, "GET", "https://"+host+path, nil, "")
		expect("keep-alive", answer.StatusCode == 200 && strings.HasSuffix(text, "answers GET "+path+"\n"), text)
	}
	_, text := ask(secure, "GET", "https://"+host+"/ratings", nil, "user=dev-123")
	expect("cookie", text == "reviews.qa.svc.cluster.local:7777 answers GET /ratings\n", text)
	answer, text = ask(secure, "GET", "https://"+host+"/reviews", nil, "")
	expect("not found", answer.StatusCode == 404, answer.Status)
	answer, text = ask(secure, "HEAD", "https://"+host+"/reviews/1", nil, "")
	expect("HEAD", answer.StatusCode == 200 && text == "", answer.Status+text)

	// A reader of unknown length is sent in chunks.
	wildcard := clientFor(os.Args[3])
	body := io.MultiReader(bytes.NewReader(make([]byte, 100000)))
	_, text = ask(wildcard, "POST", "http://"+host+"/reviews/1", body, "")
	expect("chunked body", strings.Contains(text, "received 100000 bytes"), text)
	fmt.Println("all as expected")
}
